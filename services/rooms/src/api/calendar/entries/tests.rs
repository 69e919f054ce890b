//! What files say, and what is asked for.
