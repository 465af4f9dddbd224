//! Digests, references, manifests and configs of OCI and Docker container images.
