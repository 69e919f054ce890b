//! Travel times: over a real road network, or as the crow flies.
