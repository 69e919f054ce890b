//! Hours: the volunteer's own, or any for a coordinator.

use std::{fmt::Display, ops::Bound};

use dugnad_door::{Call, Within as _, field, page};
use dugnad_events::{HoursId, OrganisationId, volunteers::Event};
use dugnad_proto::volunteers::v1 as pb;
use jiff::civil::Date;
use pb::summarise_hours_response::Sum;
use tonic::Status;

use super::{COORDINATOR, Door, own_or, paged, read, show, unexpected};
use crate::model::{State, standing::Command, today};

impl Door {
    pub(super) async fn log_hours(
        &self,
        call: &Call,
        request: pb::LogHoursRequest,
    ) -> Result<pb::LogHoursResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        own_or(call, person, COORDINATOR)?;
        let entry = field::required("entry", request.entry.as_ref())?;
        let hours = read::hours(entry).within("entry")?;
        let events = self.execute(call, id, Command::LogHours { person, hours }).await?;
        let [Event::HoursLogged { entry, hours, .. }] = &*events else {
            return Err(unexpected());
        };
        Ok(pb::LogHoursResponse { entry: Some(show::hours(*entry, hours)) })
    }

    pub(super) async fn strike_hours(
        &self,
        call: &Call,
        request: pb::StrikeHoursRequest,
    ) -> Result<pb::StrikeHoursResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, COORDINATOR)?;
        let entry = field::name("name", &request.name)?;
        self.change(call, &request.request_id, Command::StrikeHours { person, entry }).await?;
        Ok(pb::StrikeHoursResponse {})
    }

    pub(super) async fn list_hours(
        &self,
        call: &Call,
        request: pb::ListHoursRequest,
    ) -> Result<pb::ListHoursResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, COORDINATOR)?;
        let query = ("ListHours", person);
        let size = page::size(request.page_size)?;
        let after = page::after::<(Date, HoursId)>(&request.page_token, &query)?;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let look = move |state: &State, _| {
            state.people.knows(person)?;
            let hours = &state.standing.person(person)?.hours;
            let hours = hours.range((from, Bound::Unbounded)).take(size + 1);
            Ok(hours.map(|(key, it)| (*key, show::hours(key.1, it))).collect())
        };
        let (entries, next_page_token) = paged(self.look(call, look).await?, size, &query);
        Ok(pb::ListHoursResponse { entries, next_page_token })
    }

    pub(super) async fn summarise_hours(
        &self,
        call: &Call,
        request: pb::SummariseHoursRequest,
    ) -> Result<pb::SummariseHoursResponse, Status> {
        let person = read::person("person", &request.person)?;
        own_or(call, person, COORDINATOR)?;
        let (from, to) = read::days(&request.start_date, &request.end_date)?;
        let sums = self.look(call, move |state, now| {
            state.people.knows(person)?;
            Ok(state.standing.person(person)?.summary(from, to, today(now)))
        });
        let sums = sums.await?;
        let organisation =
            |of: &Option<OrganisationId>| of.map(|of| of.to_string()).unwrap_or_default();
        Ok(pb::SummariseHoursResponse {
            total: Some(show::minutes(sums.total)),
            by_role: each(sums.by_role.iter(), show::role_name),
            by_organisation: each(sums.by_organisation.iter(), organisation),
            by_month: each(sums.by_month.iter(), |month| month.strftime("%Y-%m")),
            last_year: Some(show::minutes(sums.last_year)),
        })
    }
}

fn each<'a, K: 'a, N: Display>(
    sums: impl Iterator<Item = (&'a K, &'a u32)>,
    name: impl Fn(&K) -> N,
) -> Vec<Sum> {
    let sum = |(of, minutes): (&K, &u32)| Sum {
        of: name(of).to_string(),
        duration: Some(show::minutes(*minutes)),
    };
    sums.map(sum).collect()
}
