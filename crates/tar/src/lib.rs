//! Tar streams as container engines read them, with every anomaly reported.
