//! Small maps with one thing to watch each, and random ones against plain Dijkstra.

mod hostile;
mod random;
mod rules;
mod stored;
mod ways;
