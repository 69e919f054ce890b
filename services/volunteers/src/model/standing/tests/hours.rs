//! Hours and their sums, and what an attest makes of them.

use dugnad_events::{OrganisationId, volunteers::OrganisationFacts};

use super::*;

fn log(day: Date, minutes: u16, role: &str) -> Command {
    let hours = Hours { day, minutes, role: code(role), organisation: None };
    Command::LogHours { person: person("kari"), hours }
}

fn roles() -> [Event; 2] {
    [role("visitor", Requirements::default()), role("driver", Requirements::default())]
}

#[test]
fn a_day_has_no_more_than_its_hours() {
    let mut town = given(roles());
    town.when(log(TODAY, 1000, "visitor")).unwrap();

    assert_refused!(town.when(log(TODAY, 441, "driver")), Refusal::DayFull { minutes: 1000, .. });
    town.when(log(TODAY, 440, "driver")).unwrap();
    town.when(log(date(2026, 11, 21), 441, "driver")).unwrap();
    assert_refused!(town.when(log(date(2026, 11, 23), 1, "driver")), Refusal::Future { .. });
    let outcome = town.when(log(TODAY, 1, "king"));
    assert_refused!(outcome, Refusal::NotFound(name) if name == "roles/king");
}

#[test]
fn hours_are_summed_by_role_organisation_and_month_and_over_the_last_year() {
    let mut town = given(roles());
    let red_cross = OrganisationId(id("red-cross"));
    let facts = OrganisationFacts { name: "Drammen Røde Kors".into(), ..Default::default() };
    town.happens(&[Event::OrganisationSet { organisation: red_cross, facts, changed: Vec::new() }]);
    let organisation = Some(red_cross);
    let with = Hours { day: date(2026, 10, 31), minutes: 30, role: code("driver"), organisation };
    town.when(Command::LogHours { person: person("kari"), hours: with }).unwrap();
    for (day, minutes) in [
        (date(2025, 11, 22), 1),
        (date(2025, 11, 23), 2),
        (date(2026, 11, 1), 60),
        (date(2026, 11, 22), 90),
    ] {
        town.when(log(day, minutes, "visitor")).unwrap();
    }
    let kari = town.state.standing.person(person("kari")).unwrap();

    let sums = kari.summary(date(2026, 10, 31), date(2026, 11, 21), TODAY);

    assert_eq!((sums.total, sums.last_year), (90, 182), "a year ago is a day too long");
    assert_eq!(sums.by_role, [(code("driver"), 30), (code("visitor"), 60)].into());
    assert_eq!(sums.by_organisation, [(organisation, 30), (None, 60)].into());
    let months = [(date(2026, 10, 1), 30), (date(2026, 11, 1), 60)];
    assert_eq!(sums.by_month, months.into());
    assert_eq!(kari.summary(TODAY, date(2026, 1, 1), TODAY).total, 0, "backwards is empty");
}

#[test]
fn hours_are_for_an_organisation_that_is_in_the_register() {
    let mut town = given(roles());
    let organisation = Some(OrganisationId(id("none")));
    let hours = Hours { day: TODAY, minutes: 30, role: code("driver"), organisation };

    let outcome = town.when(Command::LogHours { person: person("kari"), hours });

    assert_refused!(outcome, Refusal::NotFound(name) if name.starts_with("organisations/"));
}

#[test]
fn an_entry_is_struck_by_its_name_and_only_of_whose_it_is() {
    let mut town = given(roles());
    let [Event::HoursLogged { entry, .. }] = town.when(log(TODAY, 60, "visitor")).unwrap()[..]
    else {
        panic!()
    };
    let strike = |who, entry| Command::StrikeHours { person: person(who), entry };

    assert_refused!(town.when(strike("ola", entry)), Refusal::NotFound(_));
    assert_refused!(town.when(strike("kari", HoursId(id("none")))), Refusal::NotFound(_));
    town.when(strike("kari", entry)).unwrap();

    assert_eq!(town.state.standing.person(person("kari")).unwrap().hours.len(), 0);
    assert_refused!(town.when(strike("kari", entry)), Refusal::NotFound(_));
}

#[test]
fn an_attest_counts_whole_years_and_what_lies_in_its_days() {
    let mut town = given(roles());
    town.happens(&session(1, &[]));
    for (day, minutes) in [(date(2024, 11, 23), 60), (date(2026, 6, 1), 30)] {
        town.when(log(day, minutes, "visitor")).unwrap();
    }
    let passed = Passed::ByHand { course: code("first-aid"), on: date(2026, 7, 1) };
    let issue = Command::IssueCertificate { person: person("kari"), passed, until: None };
    town.when(issue).unwrap();
    town.by("ola").when(Command::Thank { person: person("kari"), text: sealed("kari") }).unwrap();
    let work = |from, to| town.state.work(person("kari"), from, to, TODAY).unwrap();

    let whole = work(date(2020, 1, 1), date(2030, 1, 1));
    let spring = work(date(2026, 1, 1), date(2026, 6, 30));

    assert_eq!((whole.since, whole.years), (Some(date(2024, 11, 23)), 1));
    assert_eq!((whole.minutes, whole.courses.len(), whole.thanks), (90, 1, 1));
    assert_eq!((spring.minutes, spring.courses.len(), spring.thanks), (30, 0, 0));
    assert_eq!(whole.roles[0].0.nb, "visitor");
    assert_refused!(town.state.work(person("stranger"), TODAY, TODAY, TODAY), Refusal::NotFound(_));
}

#[test]
fn that_a_name_is_read_for_an_attest_is_recorded() {
    let mut town = given([]);
    let purpose = dugnad_events::volunteers::Purpose::Export;

    let read = town.when(Command::ReadForAttest { person: person("kari"), purpose }).unwrap();

    let [Event::DetailsRead { people, by, about, .. }] = &read[..] else { panic!("{read:?}") };
    assert_eq!(
        (&people[..], *by, about.as_str()),
        (&[person("kari")][..], id("coordinator"), "attest")
    );
}
