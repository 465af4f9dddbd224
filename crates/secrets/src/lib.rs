//! Finds secrets in bytes: private keys and credential files, validated and never shown.
