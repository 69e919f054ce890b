//! All that is held of a person, by every service of this process, opened.

use std::collections::BTreeMap;

use async_trait::async_trait;
use dugnad_door::{Call, Role, status};
use dugnad_events::volunteers::Purpose;
use dugnad_journal::Tenant;
use dugnad_ledger::{Error, Model as _};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use serde_json::{Map, Value, json};
use tonic::Status;

use super::{Api, own_or, read};
use crate::model::{Held, State, Volunteers, people::Exported};

/// The services that may hold something of a person, this one apart.
const OTHERS: [&str; 5] = ["rooms", "matching", "rides", "activities", "notices"];

/// Another service's part of all that is held of a person.
#[async_trait]
pub trait Holdings: Send + Sync {
    /// Its name, such as `rooms`.
    fn service(&self) -> &'static str;

    /// What it holds of the person, opened; null or an empty object if nothing.
    ///
    /// # Errors
    /// Why it cannot be had now, as the caller reads it.
    async fn held(&self, tenant: &Tenant, person: PersonId) -> Result<Value, Status>;
}

impl Api {
    pub(super) async fn export(
        &self,
        call: &Call,
        request: &pb::ExportPersonRequest,
    ) -> Result<pb::ExportPersonResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, &[Role::Coordinator])?;
        self.record(call, vec![person], Purpose::Export, String::new()).await?;
        let exported = self.desk.look(call, move |state: &State, _| state.export(person)).await?;
        let exported = exported.map_err(|refusal| status(&Error::Refused(refusal)))?;
        let mut services = Map::new();
        services.insert(Volunteers::SERVICE.to_owned(), self.opened(call, exported).await?);
        for other in &*self.others {
            let held = other.held(&call.caller.tenant, person).await?;
            services.insert(other.service().to_owned(), held);
        }
        let not_asked = OTHERS.iter().filter(|name| !services.contains_key(**name));
        let not_asked = not_asked.map(|name| (*name).to_owned()).collect();
        Ok(pb::ExportPersonResponse { json: Value::Object(services).to_string(), not_asked })
    }

    async fn opened(&self, call: &Call, exported: Exported) -> Result<Value, Status> {
        let mut parts = Map::new();
        let details = self.desk.open(call, &exported.details).await?;
        parts.insert("details".to_owned(), json!(details));
        for (part, held) in exported.parts {
            let mut named: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for (name, held) in held {
                let value = match held {
                    Held::Clear(value) => value,
                    Held::Text(sealed) => json!(self.desk.open(call, &sealed).await?),
                };
                named.entry(name).or_default().push(value);
            }
            parts.insert(part.to_owned(), Value::Object(named.into_iter().map(listed).collect()));
        }
        Ok(Value::Object(parts))
    }
}

/// What comes more than once under a name is a list.
fn listed((name, mut values): (String, Vec<Value>)) -> (String, Value) {
    match values.pop() {
        Some(only) if values.is_empty() => (name, only),
        Some(last) => {
            values.push(last);
            (name, Value::Array(values))
        }
        None => (name, Value::Null),
    }
}
