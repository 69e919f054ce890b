//! Who a person is to the rest of the program: an id that says nothing.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names one person, giver or receiver. `Display` is `people/<uuid>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PersonId(pub Uuid);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "people/{}", self.0)
    }
}
