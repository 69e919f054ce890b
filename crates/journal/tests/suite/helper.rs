//! A second process: this test binary again, told by the environment what to be.

