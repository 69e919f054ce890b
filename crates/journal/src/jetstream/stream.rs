//! A service's stream: how it is made, and that an existing one is just so.

use serde_json::{Map, Value, json};

use super::api::{Api, Fault, NO_STREAM, STREAM_NAME_IN_USE, StreamInfo};
use crate::{ReadError, Service};

/// What whoever runs the server may choose: none of it loses, changes or reorders a commit.
/// (`duplicate_window` means nothing without message ids.)
const OPERATORS_CHOICE: [&str; 6] =
    ["num_replicas", "placement", "description", "metadata", "duplicate_window", "compression"];

/// `DUGNAD_<SERVICE>`.
pub(super) fn name(service: &Service) -> String {
    format!("DUGNAD_{}", service.as_str().to_ascii_uppercase())
}

/// No limits, discard new, and nothing may be deleted or purged: nothing is ever trimmed.
fn config(service: &Service) -> Value {
    json!({
        "name": name(service),
        "subjects": [format!("dugnad.{service}.*")],
        "storage": "file",
        "retention": "limits",
        "discard": "new",
        "max_msgs": -1,
        "max_bytes": -1,
        "max_age": 0,
        "max_msgs_per_subject": -1,
        "max_msg_size": -1,
        "max_consumers": -1,
        "num_replicas": 1,
        "deny_delete": true,
        "deny_purge": true,
        "allow_direct": false,
    })
}

/// Makes the stream, or compares the one that is there.
pub(super) async fn prepare(api: &Api, service: &Service) -> Result<(), ReadError> {
    let (name, config) = (name(service), config(service));
    let found = match api.stream_info(&name).await {
        Err(Fault::Refused { code: NO_STREAM, .. }) => create(api, &name, &config).await,
        found => found,
    };
    let found = found.map_err(Fault::on_read)?;
    let wanted = config.as_object().cloned().unwrap_or_default();
    match first_difference(&wanted, &found.config) {
        None => Ok(()),
        Some((field, wanted, found)) => Err(ReadError::Broken(format!(
            "the stream {name} is not as it must be: `{field}` is {found}, wanted {wanted}"
        ))),
    }
}

async fn create(api: &Api, name: &str, config: &Value) -> Result<StreamInfo, Fault> {
    match api.create_stream(name, config).await {
        // Another process made it meanwhile.
        Err(Fault::Refused { code: STREAM_NAME_IN_USE, .. }) => api.stream_info(name).await,
        made => made,
    }
}

/// The first field whose values differ, by name, with both. A field that one side does not name is
/// off: `false`, zero or empty.
fn first_difference(
    wanted: &Map<String, Value>,
    found: &Map<String, Value>,
) -> Option<(String, Value, Value)> {
    let mut fields: Vec<&String> = wanted.keys().chain(found.keys()).collect();
    fields.sort_unstable();
    fields.dedup();
    fields.into_iter().filter(|field| !OPERATORS_CHOICE.contains(&field.as_str())).find_map(
        |field| {
            let (wanted, found) = (wanted.get(field), found.get(field));
            let same = match (wanted, found) {
                (Some(wanted), Some(found)) => wanted == found,
                (Some(one), None) | (None, Some(one)) => is_off(one),
                (None, None) => true,
            };
            let shown = |value: Option<&Value>| value.cloned().unwrap_or(Value::Null);
            (!same).then(|| (field.clone(), shown(wanted), shown(found)))
        },
    )
}

fn is_off(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(value) => value.as_f64() == Some(0.0),
        // The server's own names for "as usual".
        Value::String(value) => matches!(value.as_str(), "" | "default" | "none"),
        Value::Array(values) => values.is_empty(),
        Value::Object(fields) => fields.values().all(is_off),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted() -> Map<String, Value> {
        config(&Service::new("rooms").unwrap()).as_object().unwrap().clone()
    }

    #[test]
    fn a_field_that_is_off_or_the_operators_is_no_difference() {
        let mut found = wanted();
        found.remove("allow_direct");
        found.insert("sealed".into(), json!(false));
        found.insert("consumer_limits".into(), json!({ "max_ack_pending": 0 }));
        found.insert("num_replicas".into(), json!(3));

        assert_eq!(first_difference(&wanted(), &found), None);
    }

    #[test]
    fn a_field_we_have_never_heard_of_is_a_difference_when_it_is_on() {
        let mut found = wanted();
        found.insert("persist_mode".into(), json!("async"));

        let difference = first_difference(&wanted(), &found);

        assert_eq!(difference, Some(("persist_mode".into(), Value::Null, json!("async"))));
    }
}
