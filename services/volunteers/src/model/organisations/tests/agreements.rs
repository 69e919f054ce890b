//! Agreements: their terms, the warning, the end, and a clock that jumps.

use super::{
    super::{AgreementFilter, Phase},
    *,
};

fn set(agreement: Option<&str>, terms: Agreement) -> Command {
    Command::SetAgreement { agreement: agreement.map(agreement_id), terms }
}

fn end(agreement: &str) -> Command {
    Command::EndAgreement { agreement: agreement_id(agreement) }
}

fn town() -> Town {
    given([organised("choir"), organised("corps")])
}

fn due(agreement: &str) -> Event {
    Event::RenewalDue { agreement: agreement_id(agreement) }
}

fn ended(agreement: &str, on: &str) -> Event {
    Event::AgreementEnded { agreement: agreement_id(agreement), on: day(on) }
}

fn phase(town: &Town, agreement: &str) -> Phase {
    town.state.organisations.agreement(agreement_id(agreement), town.today()).unwrap().phase
}

#[test]
fn an_agreement_warns_once_before_its_end_and_ends_after_its_last_day() {
    let mut town = town();
    town.happened(agreed("a", terms("choir", "2027-01-31")));
    let deadline = |town: &Town| Volunteers::deadline(&town.state).map(|at| at.to_string());

    assert_eq!(deadline(&town), Some(at("2027-01-01T00:00").to_string()));
    assert_eq!(town.clock("2026-12-31T23:59"), []);
    assert_eq!(phase(&town, "a"), Phase::InForce);
    assert_eq!(town.clock("2027-01-01T00:00"), [due("a")]);
    assert_eq!(phase(&town, "a"), Phase::ToRenew);
    assert_eq!(deadline(&town), Some(at("2027-02-01T00:00").to_string()));
    assert_eq!(town.clock("2027-01-31T23:59"), [], "said once, and in force all of the last day");
    assert_eq!(town.clock("2027-02-01T00:00"), [ended("a", "2027-01-31")]);
    assert_eq!(phase(&town, "a"), Phase::Ended);
    assert_eq!(deadline(&town), None);
    town.replays();
}

#[test]
fn a_clock_that_jumps_over_warning_and_end_brings_only_the_end() {
    let mut town = town();
    town.happened(agreed("a", terms("choir", "2027-01-31")));
    town.happened(agreed("b", terms("corps", "2027-08-31")));

    assert_eq!(town.clock("2027-08-15T12:00"), [ended("a", "2027-01-31"), due("b")]);
    assert_eq!(town.clock("2027-08-15T12:01"), []);
    town.replays();
}

#[test]
fn a_term_shorter_than_its_warning_warns_on_its_first_day() {
    let mut town = town();
    let short = Agreement { from: day("2027-01-10"), ..terms("choir", "2027-01-20") };
    town.when(set(None, short)).unwrap();

    assert_eq!(town.clock("2027-01-09T23:59"), []);
    assert_eq!(town.clock("2027-01-10T00:00").len(), 1);
}

#[test]
fn a_renewed_agreement_warns_anew_and_one_with_other_duties_does_not() {
    let mut town = town();
    town.happened(agreed("a", terms("choir", "2027-01-31")));
    town.clock("2027-01-01T00:00");

    let other = Agreement { ours: Vec::new(), ..terms("choir", "2027-01-31") };
    town.when(set(Some("a"), other)).unwrap();
    assert_eq!(town.clock("2027-01-02T00:00"), []);
    assert_eq!(phase(&town, "a"), Phase::ToRenew);

    town.when(set(Some("a"), terms("choir", "2027-06-30"))).unwrap();
    assert_eq!(phase(&town, "a"), Phase::InForce);
    assert_eq!(town.clock("2027-05-31T00:00"), [due("a")]);
    town.replays();
}

#[test]
fn the_same_terms_again_write_nothing() {
    let mut town = town();
    town.happened(agreed("a", terms("choir", "2027-01-31")));

    assert_eq!(town.when(set(Some("a"), terms("choir", "2027-01-31"))).unwrap(), []);
}

#[test]
fn what_was_ended_today_is_over_tomorrow_and_cannot_be_changed() {
    let mut town = town();
    town.happened(agreed("a", terms("choir", "2027-01-31")));

    let outcome = town.when(end("a")).unwrap();

    assert_eq!(outcome, [ended("a", "2026-11-22")]);
    let covering =
        |town: &Town, on| town.state.organisations.covering(&code("visit"), None, day(on)).len();
    assert_eq!((covering(&town, "2026-11-22"), covering(&town, "2026-11-23")), (1, 0));
    assert_refused!(town.when(end("a")), Refusal::AgreementEnded { on, .. } if *on == day("2026-11-22"));
    let change = set(Some("a"), terms("choir", "2027-06-30"));
    assert_refused!(town.when(change), Refusal::AgreementEnded { .. });
    assert_eq!(town.clock("2027-03-01T00:00"), [], "the clock has nothing to end");
    town.replays();
}

#[test]
fn one_that_has_not_begun_lies_ahead_and_covers_nothing_once_it_was_ended() {
    let mut town = town();
    let later = Agreement { from: day("2027-01-01"), ..terms("choir", "2027-12-31") };
    town.happened(agreed("a", later));
    assert_eq!(phase(&town, "a"), Phase::Ahead);

    town.when(end("a")).unwrap();

    let on = |on| town.state.organisations.covering(&code("visit"), None, day(on));
    assert!(on("2027-06-01").is_empty() && on("2026-11-22").is_empty());
}

#[test]
fn terms_that_make_no_sense_are_refused_by_their_field() {
    let mut town = town();
    town.happened(listed(List::Kinds, &["visit"]));
    town.happened(listed(List::Areas, &["konnerud"]));
    let good = || terms("choir", "2027-01-31");
    for (terms, wrong) in [
        (Agreement { from: day("2027-02-01"), ..good() }, "agreement.until"),
        (Agreement { until: day("2026-11-21"), ..good() }, "agreement.until"),
        (Agreement { kinds: vec![code("visit"), code("x")], ..good() }, "agreement.kinds[1]"),
        (Agreement { areas: vec![code("x")], ..good() }, "agreement.areas[0]"),
    ] {
        assert_refused!(
            town.when(set(None, terms)),
            Refusal::Invalid { field, .. } if field == wrong
        );
    }
    assert!(town.when(set(None, Agreement { until: day("2026-11-22"), ..good() })).is_ok());
}

#[test]
fn an_agreement_is_with_an_organisation_that_exists_and_stays_with_it() {
    let mut town = town();
    town.happened(agreed("a", terms("choir", "2027-01-31")));

    assert_refused!(town.when(set(None, terms("x", "2027-01-31"))), Refusal::NotFound(_));
    assert_refused!(town.when(set(Some("x"), terms("choir", "2027-01-31"))), Refusal::NotFound(_));
    assert_refused!(town.when(end("x")), Refusal::NotFound(_));
    let moved = town.when(set(Some("a"), terms("corps", "2027-01-31")));
    assert_refused!(moved, Refusal::Invalid { field, .. } if field == "agreement.organisation");
}

#[test]
fn there_are_so_many_agreements_at_most() {
    let mut town = town();
    for n in 0..50 {
        town.happened(agreed(&n.to_string(), terms("choir", "2027-01-31")));
    }

    let with_one = town.when(set(None, terms("choir", "2027-01-31")));
    assert_refused!(with_one, Refusal::TooMany { what: "agreements with one organisation", .. });
    for n in 50..super::super::MOST_AGREEMENTS {
        town.happened(agreed(&n.to_string(), terms("choir", "2027-01-31")));
    }
    let with_another = town.when(set(None, terms("corps", "2027-01-31")));
    assert_refused!(with_another, Refusal::TooMany { what: "agreements", .. });
}

#[test]
fn agreements_are_listed_by_their_end_with_those_to_renew_apart() {
    let mut town = town();
    town.happened(contact("corps", "kari", None));
    town.happened(agreed("late", terms("choir", "2027-06-30")));
    town.happened(agreed("soon", terms("corps", "2026-12-01")));
    town.happened(agreed("over", terms("choir", "2026-11-01")));
    town.clock("2026-11-22T09:00");
    let list = |filter: AgreementFilter, viewer| {
        let found = town.state.organisations.agreements(&filter, viewer, town.today(), None, 9);
        let ends = found.items.iter().map(|view| view.terms.until.to_string());
        ends.collect::<Vec<_>>().join(" ")
    };
    let all = AgreementFilter { organisation: None, to_renew: false, ended: false };

    assert_eq!(list(all, Viewer::All), "2026-12-01 2027-06-30");
    let ended = AgreementFilter { ended: true, ..all };
    assert_eq!(list(ended, Viewer::All), "2026-11-01 2026-12-01 2027-06-30");
    assert_eq!(list(AgreementFilter { to_renew: true, ..all }, Viewer::All), "2026-12-01");
    let choir = AgreementFilter { organisation: Some(organisation("choir")), ..all };
    assert_eq!(list(choir, Viewer::All), "2027-06-30");
    assert_eq!(list(ended, Viewer::Person(person("kari"))), "2026-12-01");
    assert_eq!(list(ended, Viewer::Person(person("ola"))), "");
}

#[test]
fn agreements_are_read_page_by_page() {
    let mut town = town();
    for n in 0..5 {
        town.happened(agreed(&n.to_string(), terms("choir", "2027-01-31")));
    }
    let filter = AgreementFilter { organisation: None, to_renew: false, ended: false };
    let page =
        |after| town.state.organisations.agreements(&filter, Viewer::All, town.today(), after, 2);

    let first = page(None);
    let second = page(first.next);
    let third = page(second.next);

    let sizes = [&first, &second, &third].map(|page| page.items.len());
    assert_eq!((sizes, third.next), ([2, 2, 1], None));
    let mut seen: Vec<_> = [first, second, third]
        .into_iter()
        .flat_map(|page| page.items)
        .map(|view| view.id)
        .collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 5);
}
