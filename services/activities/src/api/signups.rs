//! Sign-ups at the door.

use dugnad_door::{Call, Invalid, field, page};
use dugnad_events::{
    OccurrenceId, SignupId,
    activities::{Event, What},
};
use dugnad_proto::activities::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;
use tonic::Status;

use super::{Api, in_office, no_such_event, read, refused, show};
use crate::model::{Command, Refusal, Signup, Standing, State, Wish};

impl Api {
    pub(super) async fn sign_up(
        &self,
        call: &Call,
        request: pb::SignUpRequest,
    ) -> Result<pb::SignUpResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let occurrence = field::name("occurrence", &request.occurrence)?;
        let person = read::person_or("person", &request.person, call.caller.id)?;
        let pb::SignUpRequest { companion, ride_there, ride_home, .. } = request;
        let wish = Wish { companion, ride_there, ride_home };
        let command = Command::SignUp { occurrence, person, wish, office: in_office(call) };
        let events = self.desk.execute(call, id, command).await?;
        let signup = as_it_was(&events).ok_or_else(no_such_event)?;
        Ok(pb::SignUpResponse { signup: Some(signup) })
    }

    pub(super) async fn withdraw(
        &self,
        call: &Call,
        request: pb::WithdrawRequest,
    ) -> Result<pb::WithdrawResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let signup = field::name("name", &request.name)?;
        let command = Command::Withdraw { signup, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::WithdrawResponse {})
    }

    pub(super) async fn take_place(
        &self,
        call: &Call,
        request: pb::TakePlaceRequest,
    ) -> Result<pb::TakePlaceResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let signup = field::name("name", &request.name)?;
        let command = Command::TakePlace { signup, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::TakePlaceResponse {})
    }

    pub(super) async fn record_attendance(
        &self,
        call: &Call,
        request: pb::RecordAttendanceRequest,
    ) -> Result<pb::RecordAttendanceResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let signup = field::name("name", &request.name)?;
        let came = match pb::Attendance::try_from(request.attendance) {
            Ok(pb::Attendance::Came) => true,
            Ok(pb::Attendance::StayedAway) => false,
            Ok(pb::Attendance::Unspecified) | Err(_) => {
                return Err(Invalid::new("attendance", "must be one of the known values").into());
            }
        };
        let command = Command::Attend { signup, came, office: in_office(call) };
        self.desk.execute(call, id, command).await?;
        Ok(pb::RecordAttendanceResponse {})
    }

    pub(super) async fn list_signups(
        &self,
        call: &Call,
        request: pb::ListSignupsRequest,
    ) -> Result<pb::ListSignupsResponse, Status> {
        if !request.occurrence.is_empty() && !request.person.is_empty() {
            return Err(Invalid::new("person", "must not stand beside an occurrence").into());
        }
        let of = match request.occurrence.as_str() {
            "" => Of::Person(read::person_or("person", &request.person, call.caller.id)?),
            name => Of::Occurrence(field::name("occurrence", name)?),
        };
        let withdrawn = request.show_withdrawn;
        let query = ("ListSignups", &request.occurrence, &request.person, withdrawn);
        let size = page::size(request.page_size)?;
        let after = page::after::<(Timestamp, SignupId)>(&request.page_token, &query)?;
        let (office, caller) = (in_office(call), PersonId(call.caller.id));
        let look = move |state: &State, now| {
            let found = match of {
                Of::Person(person) => {
                    if !office && !state.people.speaks_for(caller, person, now) {
                        return Err(Refusal::NotYours(person.to_string()));
                    }
                    state.people.signups_of(person)
                }
                Of::Occurrence(id) => of_occurrence(state, caller, office, id)?,
            };
            let found = found.into_iter().filter_map(|id| Some((id, state.signup(id).ok()?)));
            let found = found.map(|(id, (at, signup))| ((signup.at, id), (at.id, signup)));
            let mut found: Vec<_> = found
                .filter(|(key, _)| after.is_none_or(|after| *key > after))
                .filter(|(_, (_, it))| withdrawn || it.standing != Standing::Withdrawn)
                .collect();
            found.sort_unstable_by_key(|(key, _)| *key);
            let shown = found.into_iter().take(size + 1);
            let shown = shown.map(|(key, (at, it))| (key, show::signup(key.1, at, it)));
            Ok(shown.collect::<Vec<_>>())
        };
        let mut items = self.desk.look(call, look).await?.map_err(refused)?;
        let more = items.len() > size;
        items.truncate(size);
        let next = items.last().filter(|_| more).map(|(key, _)| *key);
        let (signups, next_page_token) = page::of(items, next, &query);
        Ok(pb::ListSignupsResponse { signups, next_page_token })
    }
}

#[derive(Clone, Copy)]
enum Of {
    Occurrence(OccurrenceId),
    Person(PersonId),
}

/// For who plans.
fn of_occurrence(
    state: &State,
    caller: PersonId,
    office: bool,
    id: OccurrenceId,
) -> Result<Vec<SignupId>, Refusal> {
    let not_found = || Refusal::NotFound(id.to_string());
    let occurrence = state.occurrences.get(&id).ok_or_else(not_found)?;
    let activity = state.activities.get(&occurrence.activity).ok_or_else(not_found)?;
    if !office && !state.plans_for(caller.0, activity.facts.organiser) {
        return Err(Refusal::NotYours(id.to_string()));
    }
    Ok(occurrence.signups.keys().copied().collect())
}

/// The sign-up that was made, with what became of it in the same commit.
fn as_it_was(events: &[Event]) -> Option<pb::Signup> {
    let mut made: Option<(SignupId, OccurrenceId, Signup)> = None;
    for event in events {
        let Event::Occurrence { occurrence, at, what, .. } = event else { continue };
        match (what, &mut made) {
            (What::SignedUp { signup, person, companion, ride_there, ride_home, waits }, None) => {
                let (companion, ride_there, ride_home) = (*companion, *ride_there, *ride_home);
                let new = Signup {
                    person: Some(*person),
                    by: uuid::Uuid::nil(),
                    at: *at,
                    wish: Wish { companion, ride_there, ride_home },
                    standing: if *waits { Standing::Waiting } else { Standing::Going },
                    came: None,
                    rides: Vec::new(),
                };
                made = Some((*signup, *occurrence, new));
            }
            (What::PlaceOffered { signup, until }, Some((id, _, new))) if signup == id => {
                new.standing = Standing::Offered { until: *until };
            }
            _ => {}
        }
    }
    made.map(|(id, occurrence, signup)| show::signup(id, occurrence, &signup))
}
