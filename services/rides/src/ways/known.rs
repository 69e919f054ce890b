//! Places that roads have been asked about: most of a table's time goes into finding them, and the
//! same homes and halls are asked about again and again.
//!
//! Changes no answer. Nobody's name is here, and nothing of it is ever written.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use dugnad_roads::{Ends, Place, Roads};

/// Some hundred megabytes; when there are more, all are forgotten.
const MOST: usize = 10_000;

/// The bits of a place.
type Key = [u64; 2];

/// By place; none where no road is near.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<Key, Option<Arc<Ends>>>>);

impl Known {
    /// Where ways from and to each place begin and end, if a road is near.
    pub(super) fn ends(&self, roads: &Roads, places: &[Place]) -> Vec<Option<Arc<Ends>>> {
        let keys: Vec<_> = places.iter().map(|p| [p.lon.to_bits(), p.lat.to_bits()]).collect();
        let mut found = self.of(&keys);
        let missing: Vec<_> = (0..places.len()).filter(|&at| found[at].is_none()).collect();
        if !missing.is_empty() {
            let new: Vec<_> = missing.iter().map(|&at| places[at]).collect();
            let new = roads.ends(&new).into_iter().map(|ends| ends.ok().map(Arc::new));
            for (at, ends) in missing.iter().zip(new) {
                found[*at] = Some(ends);
            }
            self.keep(missing.iter().filter_map(|&at| Some((keys[at], found[at].clone()?))));
        }
        found.into_iter().map(Option::flatten).collect()
    }

    fn of(&self, keys: &[Key]) -> Vec<Option<Option<Arc<Ends>>>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.iter().map(|key| known.get(key).cloned()).collect()
    }

    fn keep(&self, new: impl Iterator<Item = (Key, Option<Arc<Ends>>)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, ends) in new {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(key, ends);
        }
    }
}
