//! Rules over container images: wasted space, secrets, labels, archive faults.
