//! The gRPC door of the notices service: translates calls into commands and queries, nothing
//! else.
//!
//! * `read` takes requests apart, each field within its bounds; `show` puts answers together.
//! * How people are reached is opened in one call alone, for the desk's printed list, and the
//!   register records it.
//!
//! Invariant 7: of notices a caller sees their own, and others' by their office.

mod contact;
mod desk;
mod held;
mod notices;
mod read;
mod rule;
mod settings;
mod show;
mod templates;

use std::sync::Arc;

use dugnad_door::{Call, Desk, Interceptor, Role, authenticate, enter, status};
use dugnad_ledger::{Error, Ledger};
use dugnad_proto::{
    codec::HARD_LIMIT,
    notices::v1::{
        self as pb,
        notices_service_server::{NoticesService, NoticesServiceServer},
    },
};
use dugnad_vault::{PersonId, Vault};
use tonic::{Request, Response, Status, service::interceptor::InterceptedService};

use crate::{
    contacts::Contacts,
    model::{Notices, Refusal},
};

pub use held::held;

/// The gRPC door: behind it every call has its caller, and what is too large is refused with the
/// reason.
pub fn service(
    ledger: Ledger<Notices>,
    vault: Vault,
    contacts: Arc<dyn Contacts>,
) -> InterceptedService<NoticesServiceServer<Api>, Interceptor> {
    let server = NoticesServiceServer::new(Api { desk: Desk { ledger, vault }, contacts });
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    desk: Desk<Notices>,
    contacts: Arc<dyn Contacts>,
}

type Answer<T> = Result<Response<T>, Status>;

/// Who tells people by their office.
const DESK: &[Role] = &[Role::Staff, Role::Coordinator];
const OFFICE: &[Role] = &[Role::Staff, Role::Coordinator, Role::Service];
const COORDINATOR: &[Role] = &[Role::Coordinator];

fn refused(refusal: Refusal) -> Status {
    status(&Error::Refused(refusal))
}

/// The person named, or the caller; others' are for some roles.
fn own_or(call: &Call, person: &str, roles: &[Role]) -> Result<PersonId, Status> {
    let own = PersonId(call.caller.id);
    let person = if person.is_empty() { own } else { read::person("person", person)? };
    if person != own {
        call.must_be(roles)?;
    }
    Ok(person)
}

/// Calls that are each answered by a function of the same name.
macro_rules! answered {
    ($($call:ident: $Request:ident => $Response:ident),* $(,)?) => {
        #[tonic::async_trait]
        impl NoticesService for Api {
            $(
                async fn $call(&self, request: Request<pb::$Request>) -> Answer<pb::$Response> {
                    let (call, request) = enter(request)?;
                    self.$call(&call, request).await.map(Response::new)
                }
            )*
        }
    };
}

answered! {
    set_policy: SetPolicyRequest => SetPolicyResponse,
    get_policy: GetPolicyRequest => GetPolicyResponse,
    set_preference: SetPreferenceRequest => SetPreferenceResponse,
    get_preference: GetPreferenceRequest => GetPreferenceResponse,
    list_notices: ListNoticesRequest => ListNoticesResponse,
    answer: AnswerRequest => AnswerResponse,
    list_desk: ListDeskRequest => ListDeskResponse,
    record_call: RecordCallRequest => RecordCallResponse,
    print_desk: PrintDeskRequest => PrintDeskResponse,
    list_templates: ListTemplatesRequest => ListTemplatesResponse,
    set_template: SetTemplateRequest => SetTemplateResponse,
    preview_template: PreviewTemplateRequest => PreviewTemplateResponse,
    held_of_person: HeldOfPersonRequest => HeldOfPersonResponse,
}
