//! A local content-addressed cache, verified on reading and safe for parallel processes.
