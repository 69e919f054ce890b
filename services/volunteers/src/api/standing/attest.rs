//! Attests: the name is read for them, which is recorded before.

use dugnad_door::{Call, field, status};
use dugnad_events::volunteers::Purpose;
use dugnad_ledger::Error;
use dugnad_proto::volunteers::v1 as pb;
use tonic::Status;

use super::{COORDINATOR, Door, own_or, read};
use crate::{
    attest::{Attest, Language},
    model::{Refusal, State, standing::Command, today},
};

const LONGEST_MUNICIPALITY: usize = 100;

impl Door {
    pub(super) async fn create_attest(
        &self,
        call: &Call,
        request: pb::CreateAttestRequest,
    ) -> Result<pb::CreateAttestResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        own_or(call, person, COORDINATOR)?;
        let (from, to) = read::days(&request.start_date, &request.end_date)?;
        let municipality =
            field::text("municipality", &request.municipality, LONGEST_MUNICIPALITY)?;
        let own = call.caller.id == person.0;
        let purpose = if own { Purpose::Own } else { Purpose::Export };
        self.execute(call, id, Command::ReadForAttest { person, purpose }).await?;

        let look = move |state: &State, now| {
            let work = state.work(person, from, to, today(now))?;
            let details = state.people.details(person).cloned();
            Ok((work, details.ok_or(Refusal::PersonErased(person))?))
        };
        let (work, details) = self.look(call, look).await?;
        let erased = || status(&Error::Refused(Refusal::PersonErased(person)));
        let name = self.desk.open(call, &details).await?.ok_or_else(erased)?.name;
        let municipality = match municipality.trim() {
            "" => after_tenant(call.caller.tenant.as_str()),
            given => given.to_owned(),
        };
        let language = match request.language() {
            pb::AttestLanguage::En => Language::English,
            _ => Language::Bokmal,
        };
        let attest = Attest { name, municipality, from, to, work };
        Ok(pb::CreateAttestResponse { pdf: attest.pdf(language), json: attest.json() })
    }
}

/// `nordre-follo` is Nordre Follo.
fn after_tenant(tenant: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    };
    tenant.split('-').map(word).collect::<Vec<_>>().join(" ")
}
