//! What happens to people and organisations: the one register of givers and receivers.
//!
//! Names, addresses, telephone numbers, dates of birth and free text about a person are sealed under
//! the person's own key. What stands in clear under an opaque id is what another service must know
//! to find a helper: codes of the municipality's own lists, an area instead of an address, the ages
//! reached instead of a birthday.

mod data;
mod organisation;
mod person;
mod standing;

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_vault::{PersonId, Sealed};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    AgreementId, Code, ConcernId, FollowUpId, HoursId, NoteId, OrganisationId, SessionId, TeamId,
    UnitId,
};

pub use data::{Card, CheckRule, List, Location, Requirements, Retention, Term};
pub use organisation::{Address, Agreement, Fact, Icnpo, Membership, OrganisationFacts, Team};
pub use person::{
    Ages, Coming, Contact, Details, Erasure, Gender, Giver, Pause, Purpose, Receiver, Relation,
    Representation, Scope,
};
pub use standing::{Escalation, Hours, Party, Severity};

/// What happened in the register of one municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// One of the municipality's lists of words was replaced. A term that is in use and is not among
    /// `terms` stays known, but is offered no more.
    TermsSet {
        /// Which list.
        list: List,
        /// All of it.
        terms: Vec<Term>,
    },
    /// What a role asks for, and what it may and may not do, were set.
    RoleSet {
        /// Which.
        role: Code,
        /// Goes up with each change of the card, from 1.
        version: u32,
        /// What whoever has the role must have.
        requirements: Requirements,
        /// What they may and may not do.
        card: Card,
    },
    /// How long people are kept was set.
    RetentionSet {
        /// From now on.
        retention: Retention,
    },

    /// A person came into the register, to help, to be helped, or both.
    PersonRegistered {
        /// Who.
        person: PersonId,
        /// Who wrote it: the person themselves, or staff.
        by: Uuid,
        /// On which local day.
        on: Date,
        /// Name and how to be reached.
        details: Sealed<Details>,
        /// Which ages they have reached, if they told their date of birth.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ages: Option<Ages>,
        /// If they told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gender: Option<Gender>,
        /// What they give.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        giver: Option<Giver>,
        /// What they receive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receiver: Option<Receiver>,
    },
    /// Name or how to be reached changed.
    DetailsChanged {
        /// Whose.
        person: PersonId,
        /// From now on.
        details: Sealed<Details>,
        /// From now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ages: Option<Ages>,
        /// From now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gender: Option<Gender>,
    },
    /// What a person gives was replaced; `None`: nothing any more.
    GiverSet {
        /// Who.
        person: PersonId,
        /// From now on.
        giver: Option<Giver>,
    },
    /// What a person receives was replaced; `None`: nothing any more.
    ReceiverSet {
        /// Who.
        person: PersonId,
        /// From now on.
        receiver: Option<Receiver>,
    },
    /// A coordinator took an applicant in: from now on they can be asked.
    PersonAdmitted {
        /// Who.
        person: PersonId,
        /// On which local day.
        on: Date,
    },
    /// A person stopped. They are not asked any more, and are erased when their time is up.
    PersonLeft {
        /// Who.
        person: PersonId,
        /// The last local day.
        on: Date,
    },
    /// When a giver can be asked to come was replaced. None set: always.
    AvailabilitySet {
        /// Whose.
        person: PersonId,
        /// IANA name of the zone that the hours are in.
        zone: String,
        /// A weekly pattern; exceptions take a day away, or add a single one.
        hours: OpeningHours,
    },
    /// A giver rests, or is back.
    PauseSet {
        /// Who.
        person: PersonId,
        /// `None`: back.
        pause: Option<Pause>,
    },
    /// What a giver needs support with was written down, for coordinators only.
    SupportSet {
        /// Whose.
        person: PersonId,
        /// `None`: nothing any more.
        support: Option<Sealed<String>>,
    },
    /// Somebody may speak for a receiver.
    RepresentativeSet {
        /// The receiver.
        person: PersonId,
        /// Who speaks.
        representative: PersonId,
        /// As what, about what, and by which consent.
        representation: Representation,
    },
    /// Somebody may speak for a receiver no more: consent was withdrawn, or ran out.
    RepresentativeEnded {
        /// The receiver.
        person: PersonId,
        /// Who spoke.
        representative: PersonId,
    },
    /// A unit that receives help, and whom to reach there.
    UnitSet {
        /// Which.
        unit: UnitId,
        /// What people call it.
        name: String,
        /// In which area.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<Code>,
        /// The staff contact.
        contact: PersonId,
        /// Who stands in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deputy: Option<PersonId>,
    },
    /// Somebody's details were about to be shown.
    DetailsRead {
        /// Whose.
        people: Vec<PersonId>,
        /// To whom.
        by: Uuid,
        /// When.
        #[serde(default)]
        at: jiff::Timestamp,
        /// What for.
        purpose: Purpose,
        /// The resource name of what it was about, such as a need; no personal data.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        about: String,
    },
    /// A person is gone for good, here and in every service that hears this.
    PersonErased {
        /// Who.
        person: PersonId,
        /// Why.
        why: Erasure,
    },

    /// An organisation came into the register, or what is known of it changed.
    OrganisationSet {
        /// Which; of one with a number always the same.
        organisation: OrganisationId,
        /// From now on.
        facts: OrganisationFacts,
        /// What differs from before; none: it is new.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<Fact>,
    },
    /// An organisation is no more.
    OrganisationGone {
        /// Which.
        organisation: OrganisationId,
    },
    /// Whom to reach in an organisation.
    ContactSet {
        /// Which.
        organisation: OrganisationId,
        /// The contact person.
        contact: PersonId,
        /// Who stands in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deputy: Option<PersonId>,
    },
    /// A person is a member of an organisation, or has another part in it.
    MemberSet {
        /// Of which.
        organisation: OrganisationId,
        /// Who.
        person: PersonId,
        /// `None`: no more.
        membership: Option<Membership>,
    },
    /// Several who are asked as one.
    TeamSet {
        /// Which.
        team: TeamId,
        /// `None`: no more.
        facts: Option<Team>,
    },
    /// An agreement was made, or changed.
    AgreementSet {
        /// Which.
        agreement: AgreementId,
        /// From now on.
        terms: Agreement,
    },
    /// An agreement runs out soon: somebody must speak with the other side. Said once.
    RenewalDue {
        /// Which.
        agreement: AgreementId,
    },
    /// An agreement ended.
    AgreementEnded {
        /// Which.
        agreement: AgreementId,
        /// The last day.
        on: Date,
    },

    /// A person showed a check (politiattest): that it was shown, when and to whom; never what it said.
    CheckShown {
        /// Who.
        person: PersonId,
        /// On which day.
        on: Date,
        /// To whom.
        to: Uuid,
    },
    /// A check counts no more.
    CheckWithdrawn {
        /// Whose.
        person: PersonId,
    },
    /// A person signed the duty of confidentiality (taushetsplikt).
    ConfidentialitySigned {
        /// Who.
        person: PersonId,
        /// On which day.
        on: Date,
    },
    /// A course is on offer, or changed.
    CourseSet {
        /// Which.
        course: Code,
        /// What people call it: bokmål.
        nb: String,
        /// English.
        en: String,
        /// For how many months its certificate counts; `None`: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        months: Option<u16>,
    },
    /// A session of a course is planned, or was changed.
    SessionSet {
        /// Which.
        session: SessionId,
        /// Of which course.
        course: Code,
        /// When.
        span: Interval,
        /// People.
        capacity: u32,
    },
    /// A person has a place in a session, or gave it back.
    SessionJoined {
        /// Which.
        session: SessionId,
        /// Who.
        person: PersonId,
        /// `false`: gave it back.
        joined: bool,
    },
    /// Who came to a session.
    AttendanceRecorded {
        /// Which.
        session: SessionId,
        /// Who.
        person: PersonId,
        /// Whether they came.
        came: bool,
    },
    /// A person passed a course.
    CertificateIssued {
        /// Who.
        person: PersonId,
        /// Which.
        course: Code,
        /// The first day it counts.
        on: Date,
        /// The last day it counts; `None`: for ever.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// A certificate counts no more.
    CertificateRevoked {
        /// Whose.
        person: PersonId,
        /// Of which course.
        course: Code,
    },
    /// One side accepted a role's card.
    CardAccepted {
        /// The volunteer's.
        person: PersonId,
        /// Of which role.
        role: Code,
        /// Of the card.
        version: u32,
        /// Which side.
        party: Party,
        /// Who, on that side.
        by: Uuid,
    },

    /// A follow-up talk is due by a day.
    FollowUpPlanned {
        /// Which.
        follow_up: FollowUpId,
        /// With which volunteer.
        person: PersonId,
        /// By when.
        due: Date,
        /// Who is to hold it.
        with: Uuid,
    },
    /// A follow-up talk was held.
    FollowUpHeld {
        /// Which.
        follow_up: FollowUpId,
        /// With which volunteer.
        person: PersonId,
        /// On which day.
        on: Date,
        /// For coordinators only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<Sealed<String>>,
    },
    /// How long a concern waits for somebody to take it was set.
    EscalationSet {
        /// For concerns from now on.
        escalation: Escalation,
    },
    /// Somebody is worried (bekymring).
    ConcernRaised {
        /// Which.
        concern: ConcernId,
        /// About whom.
        about: PersonId,
        /// Who is.
        by: Uuid,
        /// How much it hurries.
        severity: Severity,
        /// In words, for coordinators only.
        text: Sealed<String>,
        /// When it climbs if nobody has taken it.
        climbs_at: jiff::Timestamp,
        /// When it was raised.
        #[serde(default)]
        at: jiff::Timestamp,
    },
    /// Somebody looks after a concern.
    ConcernTaken {
        /// Which.
        concern: ConcernId,
        /// Who does.
        by: Uuid,
    },
    /// Nobody took a concern in time, or somebody sent it on: the next level must.
    ConcernClimbed {
        /// Which.
        concern: ConcernId,
        /// From 1.
        level: u8,
        /// When it climbs again if nobody has taken it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        climbs_at: Option<jiff::Timestamp>,
    },
    /// A concern was dealt with.
    ConcernClosed {
        /// Which.
        concern: ConcernId,
        /// By whom.
        by: Uuid,
    },
    /// Hours that a volunteer gave.
    HoursLogged {
        /// Which entry.
        entry: HoursId,
        /// Who gave them.
        person: PersonId,
        /// When and as what.
        hours: Hours,
    },
    /// An entry of hours was wrong.
    HoursStruck {
        /// Which entry.
        entry: HoursId,
        /// Whose.
        person: PersonId,
    },
    /// A volunteer was thanked.
    Thanked {
        /// Who.
        person: PersonId,
        /// By whom.
        by: Uuid,
        /// On which day.
        on: Date,
        /// In words.
        text: Sealed<String>,
    },
    /// A helper wrote a note about a receiver. The next helper does not see it.
    NoteWritten {
        /// Which.
        note: NoteId,
        /// About whom.
        about: PersonId,
        /// By whom.
        by: Uuid,
        /// In words.
        text: Sealed<String>,
        /// When.
        #[serde(default)]
        at: jiff::Timestamp,
    },
}
