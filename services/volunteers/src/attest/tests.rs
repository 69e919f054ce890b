//! The attest, read back.
