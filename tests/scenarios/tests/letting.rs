//! Letting rules, requests, holds, waiting lists, overrides, closures and equipment: through the real
//! door, on both journals.
//!
//! Every rule says no at least once here, by its name. What the clock brings lies with the rooms' own
//! tests, whose clock can be set.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_harness::{Caller, Rooms, clients::request_id};
use dugnad_proto::rooms::v1::{
    Application, ApproveRequestRequest, BookingState, CancelBookingRequest, Charge,
    CloseRoomRequest, CreateBookingRequest, DenyRequestRequest, Equipment, EquipmentClaim,
    GetBookingRequest, GetLettingRulesRequest, GetWaitingPlaceRequest, HoldSlotRequest, Interval,
    JoinWaitingListRequest, LettingRules, ListChargesRequest, ListEquipmentRequest,
    ListRequestsRequest, LocalWindow, OverrideBookingsRequest, Period, QuoteRequest,
    ReopenRoomRequest, SetEquipmentStockRequest, SetLettingRulesRequest, Weekday, charge::Kind,
    letting_rules as form, waiting_place::State,
};
use dugnad_scenarios::{
    On, Town, World, ask, assert_refused, book, hours, listed, move_to, on_both, reason, town, wish,
};
use tokio::task::JoinSet;
use tonic::{Code, Status};

on_both!(
    each_rule_says_no_by_its_name_and_a_quote_names_them_all,
    a_booking_costs_what_was_quoted_and_keeps_its_rules_when_they_change,
    rules_are_inherited_and_shown_as_they_were_written,
    a_request_is_answered_by_the_municipality_alone_and_of_two_one_is_approved,
    a_hold_becomes_a_booking_for_its_owner_alone,
    who_waits_is_offered_what_is_given_back,
    an_override_pays_back_and_names_other_times,
    a_room_is_closed_as_its_dry_run_said_and_opened_again,
    racing_callers_never_claim_more_chairs_than_there_are,
);

struct Municipality {
    town: Town,
    staff: Rooms,
    kari: Rooms,
    ola: Rooms,
}

async fn open(on: On) -> (World, Municipality) {
    let world = World::start(on).await;
    let mut staff = world.calling(&Caller::new("lillevik").acting_as("staff"));
    let town = town(&mut staff).await;
    let (kari, ola) = (world.somebody(), world.somebody());
    (world, Municipality { town, staff, kari, ola })
}

impl Municipality {
    /// From long ago on.
    async fn rule(&mut self, scope: &str, rules: LettingRules) {
        let request = SetLettingRulesRequest {
            scope: scope.to_owned(),
            effective_from: "2026-01-01".to_owned(),
            rules: Some(rules.clone()),
            request_id: request_id(),
        };
        let answer = self.staff.set_letting_rules(request).await.unwrap().into_inner();
        assert_eq!(answer.rules, Some(rules));
    }

    /// All that arose, in order: kind, øre, why.
    async fn charges(&mut self) -> Vec<(Kind, i64, String)> {
        let mut all: Vec<Charge> = Vec::new();
        let mut page_token = String::new();
        loop {
            let interval = Some(hours(-24 * 90, 24 * 90));
            let request = ListChargesRequest { interval, page_size: 2, page_token };
            let page = self.staff.list_charges(request).await.unwrap().into_inner();
            all.extend(page.charges);
            if page.next_page_token.is_empty() {
                break;
            }
            page_token = page.next_page_token;
        }
        assert!(all.iter().zip(0..).all(|(charge, n)| charge.number == n), "{all:?}");
        all.into_iter().map(|it| (it.kind(), it.oere, it.reason)).collect()
    }
}

fn per_hour(oere: i64) -> form::Prices {
    let row = form::PriceRow { oere, per_hour: true, ..Default::default() };
    form::Prices { rows: vec![row] }
}

fn priced(oere: i64) -> LettingRules {
    LettingRules { prices: Some(per_hour(oere)), ..Default::default() }
}

fn says(kind: &str) -> Application {
    Application { applicant_kind: kind.to_owned(), ..Default::default() }
}

fn applying(room: &str, interval: Interval, application: Application) -> CreateBookingRequest {
    CreateBookingRequest { application: Some(application), ..wish(room, interval) }
}

fn quoting(room: &str, interval: Interval, application: Application) -> QuoteRequest {
    QuoteRequest {
        room: room.to_owned(),
        interval: Some(interval),
        application: Some(application),
        ..Default::default()
    }
}

fn cancelling(name: &str) -> CancelBookingRequest {
    CancelBookingRequest { name: name.to_owned(), request_id: request_id(), ..Default::default() }
}

fn assert_not_theirs<T: std::fmt::Debug>(outcome: Result<T, Status>) {
    let status = outcome.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "NOT_YOURS"));
}

fn each_rule() -> Vec<(&'static str, LettingRules)> {
    let applicant = |purposes: &[&str], opens_days| form::Applicant {
        kind: "choir".to_owned(),
        purposes: purposes.iter().map(|&it| it.to_owned()).collect(),
        opens_days,
    };
    let class = |it| {
        let applicants = Some(form::Applicants { by_priority: vec![it] });
        LettingRules { applicants, ..Default::default() }
    };
    let other = form::Applicant { kind: "youth".to_owned(), ..applicant(&[], None) };
    let quota = |bookings, minutes| {
        let quota =
            form::Quota { period: Period::Day.into(), bookings, minutes, ..Default::default() };
        let quotas = Some(form::Quotas { quotas: vec![quota] });
        LettingRules { quotas, ..Default::default() }
    };
    let rules = LettingRules::default;
    let night = LocalWindow { opens: "02:00".to_owned(), closes: "02:01".to_owned() };
    let hole = form::PriceRow { hours: Some(night), ..Default::default() };
    let hole = form::Prices { rows: vec![hole] };
    vec![
        ("APPLICANT_NOT_ADMITTED", class(other)),
        ("PURPOSE_NOT_ADMITTED", class(applicant(&["party"], None))),
        ("NOT_YET_OPEN", class(applicant(&[], Some(1)))),
        ("LEAD_TOO_SHORT", LettingRules { lead_minutes: Some(60 * 24 * 365), ..rules() }),
        ("BEYOND_HORIZON", LettingRules { horizon_days: Some(1), ..rules() }),
        ("TOO_SHORT", LettingRules { shortest_minutes: Some(121), ..rules() }),
        ("LONGER_THAN_LET", LettingRules { longest_minutes: Some(119), ..rules() }),
        ("OFF_GRID", LettingRules { start_grid_minutes: Some(7 * 60), ..rules() }),
        ("QUOTA_OF_BOOKINGS", quota(Some(0), None)),
        ("QUOTA_OF_MINUTES", quota(None, Some(119))),
        ("ADULT_REQUIRED", LettingRules { adult_in_charge: Some(true), ..rules() }),
        ("TERMS_NOT_ACCEPTED", LettingRules { terms_version: Some(3), ..rules() }),
        ("NO_PRICE", LettingRules { prices: Some(hole), ..rules() }),
    ]
}

async fn each_rule_says_no_by_its_name_and_a_quote_names_them_all(on: On) {
    let (_world, mut here) = open(on).await;
    let (room, when) = (here.town.room.clone(), hours(18, 20));
    for (rule, document) in each_rule() {
        here.rule(&room, document).await;

        let booked = ask(&mut here.kari, applying(&room, when, says("choir"))).await;

        assert_refused(&booked, rule);
        let quote = here.kari.quote(quoting(&room, when, says("choir"))).await.unwrap();
        let named: Vec<_> = quote.into_inner().refusals.into_iter().map(|it| it.reason).collect();
        assert_eq!(named, [rule]);
    }
    // All at once, where each has a section of its own.
    let mut all = LettingRules::default();
    for (_, document) in each_rule().split_off(3) {
        all = LettingRules {
            lead_minutes: all.lead_minutes.or(document.lead_minutes),
            horizon_days: all.horizon_days.or(document.horizon_days),
            shortest_minutes: all.shortest_minutes.or(document.shortest_minutes),
            longest_minutes: all.longest_minutes.or(document.longest_minutes),
            quotas: all.quotas.or(document.quotas),
            adult_in_charge: all.adult_in_charge.or(document.adult_in_charge),
            ..all
        };
    }
    here.rule(&room, all).await;
    let quote = here.kari.quote(quoting(&room, when, says("choir"))).await.unwrap().into_inner();
    assert_eq!(quote.refusals.len(), 6, "{:?}", quote.refusals);
    assert!(quote.refusals.iter().all(|it| !it.message.is_empty() && !it.metadata.is_empty()));
    assert!(listed(&mut here.kari, &room).await.is_empty(), "a quote holds nothing");
}

async fn a_booking_costs_what_was_quoted_and_keeps_its_rules_when_they_change(on: On) {
    let (_world, mut here) = open(on).await;
    let (room, when) = (here.town.room.clone(), hours(18, 20));
    let half = form::Deadline { hours_before_start: 24 * 365, kept_per_mille: 500 };
    let cancellation = Some(form::Cancellation { deadlines: vec![half] });
    here.rule("", LettingRules { cancellation, ..priced(25_000) }).await;

    let quote = here.kari.quote(quoting(&room, when, says("choir"))).await.unwrap().into_inner();
    let made = ask(&mut here.kari, applying(&room, when, says("choir"))).await.unwrap();
    here.rule("", LettingRules { cancellation: Some(Default::default()), ..priced(99_900) }).await;
    move_to(&mut here.kari, &made.name, hours(18, 21)).await.unwrap();
    here.kari.cancel_booking(cancelling(&made.name)).await.unwrap();

    assert_eq!((quote.price_oere, made.price_oere), (50_000, 50_000));
    assert_eq!((quote.rows[0].oere, quote.deadlines[0].kept_oere), (50_000, 25_000));
    let charged = |oere, why: &str| (Kind::Charge, oere, why.to_owned());
    let refund = (Kind::Refund, 37_500, "CANCELLED".to_owned());
    let expected = [charged(50_000, "BOOKED"), charged(25_000, "MOVED"), refund];
    assert_eq!(here.charges().await, expected);
    let interval = Some(hours(-24 * 90, 24 * 90));
    let nosy = ListChargesRequest { interval, ..Default::default() };
    assert_not_theirs(here.kari.list_charges(nosy).await);
    // Others do not see what was agreed.
    let request = GetBookingRequest { name: made.name };
    let seen = here.ola.get_booking(request).await.unwrap().into_inner().booking.unwrap();
    assert_eq!((seen.price_oere, seen.application), (0, None));
}

async fn rules_are_inherited_and_shown_as_they_were_written(on: On) {
    let (_world, mut here) = open(on).await;
    let facility = here.town.hall.split_once("/rooms/").unwrap().0.to_owned();
    let weekend = form::PriceRow {
        applicant_kind: "private".to_owned(),
        purpose_kind: "party".to_owned(),
        weekdays: vec![Weekday::Saturday.into(), Weekday::Sunday.into()],
        hours: Some(LocalWindow { opens: "08:00".to_owned(), closes: "24:00".to_owned() }),
        oere: 500_000,
        per_hour: false,
        vat_code: "outside".to_owned(),
    };
    let free = form::PriceRow::default();
    let whole = LettingRules {
        prices: Some(form::Prices { rows: vec![weekend, free] }),
        handling: Some(form::Handling { answer_minutes: 60, ..Default::default() }),
        holding: Some(form::Holding { form_minutes: 5, offer_minutes: 60 }),
        ..Default::default()
    };
    here.rule("", priced(10_000)).await;
    here.rule(&facility, whole.clone()).await;
    here.rule(&here.town.room.clone(), priced(30_000)).await;

    let of = |scope: &str| GetLettingRulesRequest {
        scope: scope.to_owned(),
        date: "2026-11-22".to_owned(),
    };
    let shown = here.kari.get_letting_rules(of(&facility)).await.unwrap().into_inner();
    let none = here.kari.get_letting_rules(of(&here.town.hall)).await.unwrap_err();
    let mut price = async |room: &str| {
        let quote = here.kari.quote(quoting(room, hours(18, 20), says("choir"))).await;
        quote.unwrap().into_inner().price_oere
    };

    assert_eq!((shown.rules, shown.version), (Some(whole), 2));
    assert_eq!(none.code(), Code::NotFound);
    assert_eq!((price(&here.town.north).await, price(&here.town.room).await), (0, 60_000));
    let request = SetLettingRulesRequest {
        effective_from: "2026-01-01".to_owned(),
        rules: Some(LettingRules::default()),
        request_id: request_id(),
        ..Default::default()
    };
    assert_not_theirs(here.kari.set_letting_rules(request).await);
}

async fn a_request_is_answered_by_the_municipality_alone_and_of_two_one_is_approved(on: On) {
    let (_world, mut here) = open(on).await;
    let handling = form::Handling { required: true, holds_slot: false, answer_minutes: 24 * 60 };
    here.rule("", LettingRules { handling: Some(handling), ..priced(10_000) }).await;
    let (hall, north, when) = (here.town.hall.clone(), here.town.north.clone(), hours(18, 20));
    let first = ask(&mut here.kari, applying(&hall, when, says("choir"))).await.unwrap();
    let second = ask(&mut here.ola, applying(&north, when, says("choir"))).await.unwrap();
    let third = ask(&mut here.ola, applying(&north, when, says("choir"))).await.unwrap();
    assert_eq!(first.state(), BookingState::Requested);
    assert!(first.lapses_at.is_some());

    let approving =
        |name: &str| ApproveRequestRequest { name: name.to_owned(), request_id: request_id() };
    assert_not_theirs(here.kari.approve_request(approving(&first.name)).await);
    let approved = here.staff.approve_request(approving(&second.name)).await.unwrap();
    let clash = here.staff.approve_request(approving(&first.name)).await;
    let deny = DenyRequestRequest {
        name: third.name.clone(),
        reason: "taken".to_owned(),
        request_id: request_id(),
    };
    let denied = here.staff.deny_request(deny).await.unwrap().into_inner().booking.unwrap();
    let again = here.staff.approve_request(approving(&third.name)).await;

    let approved = approved.into_inner().booking.unwrap();
    assert_eq!((approved.state(), approved.price_oere), (BookingState::Confirmed, 20_000));
    assert_refused(&clash, "TAKEN");
    assert_refused(&again, "NOT_REQUESTED");
    assert_eq!(denied.state(), BookingState::Denied);
    assert_eq!(denied.cancel_reason, "taken");
    let open = here.staff.list_requests(ListRequestsRequest::default()).await.unwrap();
    let open: Vec<_> = open.into_inner().bookings.into_iter().map(|it| it.name).collect();
    assert_eq!(open, [first.name]);
    assert_eq!(here.charges().await, [(Kind::Charge, 20_000, "BOOKED".to_owned())]);
}

async fn a_hold_becomes_a_booking_for_its_owner_alone(on: On) {
    let (_world, mut here) = open(on).await;
    let (room, when) = (here.town.room.clone(), hours(18, 20));
    let request =
        HoldSlotRequest { room: room.clone(), interval: Some(when), request_id: request_id() };
    let held = here.kari.hold_slot(request).await.unwrap().into_inner().booking.unwrap();
    assert_eq!(held.state(), BookingState::Held);

    let taking = || CreateBookingRequest { hold: held.name.clone(), ..wish(&room, when) };
    assert_refused(&book(&mut here.ola, &room, when).await, "TAKEN");
    assert_refused(&ask(&mut here.ola, taking()).await, "NOT_YOURS");
    let take = taking();
    let made = ask(&mut here.kari, take.clone()).await.unwrap();

    assert_eq!(made.state(), BookingState::Confirmed);
    assert_eq!(ask(&mut here.kari, take).await.unwrap(), made, "a repeat has the first answer");
    assert_refused(&ask(&mut here.kari, taking()).await, "HOLD_LAPSED");
    let request = GetBookingRequest { name: held.name.clone() };
    let held = here.kari.get_booking(request).await.unwrap().into_inner().booking.unwrap();
    assert_eq!(held.state(), BookingState::TakenUp);
    let live: Vec<_> = listed(&mut here.kari, &room).await.into_iter().map(|it| it.name).collect();
    assert_eq!(live, [made.name]);
}

async fn who_waits_is_offered_what_is_given_back(on: On) {
    let (_world, mut here) = open(on).await;
    let (room, when) = (here.town.room.clone(), hours(18, 20));
    let joining = |interval| JoinWaitingListRequest {
        room: room.clone(),
        interval: Some(interval),
        request_id: request_id(),
    };
    assert_refused(&here.ola.join_waiting_list(joining(when)).await, "SLOT_FREE");
    let choir = book(&mut here.kari, &room, when).await.unwrap();
    let place = here.ola.join_waiting_list(joining(when)).await.unwrap().into_inner();
    let place = place.place.unwrap();
    assert_eq!((place.state(), place.before), (State::Waiting, 0));
    assert_refused(&here.ola.join_waiting_list(joining(when)).await, "WAITS_ALREADY");

    here.kari.cancel_booking(cancelling(&choir.name)).await.unwrap();

    let looking = GetWaitingPlaceRequest { name: place.name };
    assert_eq!(
        here.kari.get_waiting_place(looking.clone()).await.unwrap_err().code(),
        Code::NotFound
    );
    let place = here.ola.get_waiting_place(looking).await.unwrap().into_inner().place.unwrap();
    assert_eq!(place.state(), State::Offered);
    assert_refused(&book(&mut here.kari, &room, when).await, "TAKEN");
    let take = CreateBookingRequest { hold: place.hold, ..wish(&room, when) };
    assert!(ask(&mut here.ola, take).await.is_ok());
}

async fn an_override_pays_back_and_names_other_times(on: On) {
    let (_world, mut here) = open(on).await;
    here.rule("", priced(10_000)).await;
    let (hall, north) = (here.town.hall.clone(), here.town.north.clone());
    let choir = ask(&mut here.kari, applying(&north, hours(18, 20), says("choir"))).await.unwrap();
    let taking = || OverrideBookingsRequest {
        booking: Some(wish(&hall, hours(17, 19))),
        reason: "municipal council".to_owned(),
    };
    assert_not_theirs(here.kari.override_bookings(taking()).await);

    let answer = here.staff.override_bookings(taking()).await.unwrap().into_inner();

    let [displaced] = &answer.displaced[..] else { panic!("{answer:?}") };
    assert_eq!((&displaced.booking, &displaced.room), (&choir.name, &north));
    assert_eq!(displaced.instead[0], hours(19, 21), "the nearest of that length");
    let request = GetBookingRequest { name: choir.name };
    let seen = here.kari.get_booking(request).await.unwrap().into_inner().booking.unwrap();
    assert_eq!(seen.state(), BookingState::Displaced);
    assert_eq!(seen.cancel_reason, "municipal council");
    let refund = (Kind::Refund, 20_000, "DISPLACED".to_owned());
    assert_eq!(here.charges().await[1..], [refund]);
    let event = answer.booking.unwrap().name;
    assert_eq!(listed(&mut here.kari, &hall).await[0].name, event);
}

async fn a_room_is_closed_as_its_dry_run_said_and_opened_again(on: On) {
    let (_world, mut here) = open(on).await;
    let (hall, north) = (here.town.hall.clone(), here.town.north.clone());
    let inside = book(&mut here.kari, &north, hours(18, 20)).await.unwrap().name;
    let outside = book(&mut here.kari, &north, hours(40, 42)).await.unwrap().name;
    let closing = |dry_run| CloseRoomRequest {
        room: hall.clone(),
        interval: Some(hours(0, 24)),
        reason: "water damage".to_owned(),
        dry_run,
        request_id: request_id(),
    };

    let dry = here.staff.close_room(closing(true)).await.unwrap().into_inner();
    assert_eq!(listed(&mut here.kari, &hall).await.len(), 2, "nothing happened yet");
    let closed = here.staff.close_room(closing(false)).await.unwrap().into_inner();

    assert_eq!((&dry.cancelled, &closed.cancelled), (&vec![inside.clone()], &vec![inside]));
    assert_eq!(listed(&mut here.kari, &hall).await[0].name, outside);
    assert_refused(&book(&mut here.kari, &north, hours(10, 12)).await, "ROOM_CLOSED");
    let name = closed.closure.unwrap().name;
    let reopen = ReopenRoomRequest { name, request_id: request_id() };
    assert_not_theirs(here.kari.reopen_room(reopen.clone()).await);
    here.staff.reopen_room(reopen).await.unwrap();
    assert!(book(&mut here.kari, &north, hours(10, 12)).await.is_ok());
}

async fn racing_callers_never_claim_more_chairs_than_there_are(on: On) {
    const CHAIRS: i32 = 10;
    let (world, mut here) = open(on).await;
    let facility = here.town.hall.split_once("/rooms/").unwrap().0.to_owned();
    let chairs = |count| Equipment { item: "chair".to_owned(), count, free: 0 };
    let stock = |count| SetEquipmentStockRequest {
        facility: facility.clone(),
        equipment: Some(chairs(count)),
        request_id: request_id(),
    };
    here.staff.set_equipment_stock(stock(CHAIRS)).await.unwrap();

    let rooms = [here.town.north.clone(), here.town.south.clone(), here.town.room.clone()];
    let mut racers = JoinSet::new();
    for room in rooms {
        let mut caller = world.somebody();
        let claim = EquipmentClaim { item: "chair".to_owned(), count: 4 };
        let application = Application { equipment: vec![claim], ..Default::default() };
        let wish = applying(&room, hours(18, 20), application);
        racers.spawn(async move { ask(&mut caller, wish).await });
    }
    let (won, lost): (Vec<_>, Vec<_>) =
        racers.join_all().await.into_iter().partition(Result::is_ok);

    assert_eq!((won.len(), lost.len()), (2, 1));
    assert_refused(&lost[0], "STOCK_SHORT");
    let interval = Some(hours(19, 21));
    let request = ListEquipmentRequest { facility: facility.clone(), interval };
    let left = here.kari.list_equipment(request).await.unwrap().into_inner().equipment;
    assert_eq!(left, [Equipment { free: 2, ..chairs(CHAIRS) }]);
    assert_refused(&here.staff.set_equipment_stock(stock(7)).await, "STOCK_CLAIMED");
}
