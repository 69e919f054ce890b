//! Refusals of the form.
