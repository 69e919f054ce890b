//! What no rule can work with is named by its field.

use dugnad_proto::rides::v1 as pb;

use crate::town::{Town, at, door, field, lasting, person, stamp, trip, window};

#[tokio::test]
async fn each_field_of_a_trip_is_named() {
    let town = Town::open().await;
    let good = || trip("anna", 10, 30, 180);
    let code = || vec!["NOT A CODE".to_owned()];
    let far = pb::Location { lat_e6: 90_000_001, lon_e6: 0 };
    let wide = pb::Location { lat_e6: 0, lon_e6: -180_000_001 };
    let many = pb::Load { seats: 61, ..Default::default() };
    let half = prost_types::Duration { seconds: 30, nanos: 0 };
    let spot = |at| Some(pb::Spot { at: Some(at), address: String::new() });
    let cases: Vec<(&str, pb::Trip)> = vec![
        ("trip.traveller", pb::Trip { traveller: "anna".to_owned(), ..good() }),
        ("trip.from", pb::Trip { from: None, ..good() }),
        ("trip.from.at.lat_e6", pb::Trip { from: spot(far), ..good() }),
        ("trip.to.at.lon_e6", pb::Trip { to: spot(wide), ..good() }),
        ("trip.to.at", pb::Trip { to: Some(pb::Spot::default()), ..good() }),
        ("trip.arrive_by", pb::Trip { arrive_by: None, ..good() }),
        ("trip.arrive_by", pb::Trip { leave_after: Some(stamp(1)), ..good() }),
        ("trip.load.seats", pb::Trip { load: Some(many), ..good() }),
        ("trip.needs[0]", pb::Trip { needs: code(), ..good() }),
        ("trip.needs", pb::Trip { needs: vec!["a".to_owned(); 11], ..good() }),
        ("trip.refuses[0]", pb::Trip { refuses: code(), ..good() }),
        ("trip.boarding", pb::Trip { boarding: Some(half), ..good() }),
        ("trip.alighting", pb::Trip { alighting: Some(lasting(61)), ..good() }),
        ("trip.longest_aboard", pb::Trip { longest_aboard: Some(lasting(4)), ..good() }),
        ("trip.priority", pb::Trip { priority: 101, ..good() }),
        ("trip.note", pb::Trip { note: "x".repeat(501), ..good() }),
        ("trip.about", pb::Trip { about: "x".repeat(201), ..good() }),
    ];
    for (wanted, trip) in cases {
        let request_id = town.id();
        let request = pb::RequestRideRequest { trip: Some(trip), home_after: None, request_id };
        let refused = town.staff().request_ride(request).await.unwrap_err();
        assert_eq!(field(&refused), wanted);
    }
    let request =
        |trip, home_after, request_id| pb::RequestRideRequest { trip, home_after, request_id };
    let early = request(Some(good()), Some(stamp(100)), town.id());
    let no_id = request(Some(good()), None, String::new());
    let no_trip = request(None, None, town.id());
    let next_day = request(Some(good()), Some(stamp(2_000)), town.id());
    for (wanted, request) in
        [("home_after", early), ("request_id", no_id), ("trip", no_trip), ("home_after", next_day)]
    {
        assert_eq!(field(&town.staff().request_ride(request).await.unwrap_err()), wanted);
    }
}

#[tokio::test]
async fn each_field_of_vehicles_drivers_shifts_and_rules_is_named() {
    let town = Town::open().await;
    let seats = pb::Load { seats: 4, ..Default::default() };
    let vehicle = || pb::Vehicle {
        title: "Bil".to_owned(),
        configurations: vec![seats],
        start: Some(at(1)),
        ..Default::default()
    };
    let cases: Vec<(&str, pb::Vehicle)> = vec![
        ("vehicle.name", pb::Vehicle { name: "car".to_owned(), ..vehicle() }),
        ("vehicle.title", pb::Vehicle { title: String::new(), ..vehicle() }),
        ("vehicle.configurations", pb::Vehicle { configurations: Vec::new(), ..vehicle() }),
        ("vehicle.configurations", pb::Vehicle { configurations: vec![seats; 9], ..vehicle() }),
        ("vehicle.start", pb::Vehicle { start: None, ..vehicle() }),
        ("vehicle.owner", pb::Vehicle { owner: "dag".to_owned(), ..vehicle() }),
        ("vehicle.has[0]", pb::Vehicle { has: vec!["Å".to_owned()], ..vehicle() }),
    ];
    for (wanted, vehicle) in cases {
        let request = pb::SetVehicleRequest { vehicle: Some(vehicle), request_id: town.id() };
        assert_eq!(field(&town.staff().set_vehicle(request).await.unwrap_err()), wanted);
    }
    let dag = town.shift("dag", 0, [600, 700]).await;
    let shift = || pb::Shift {
        driver: person("dag").to_string(),
        hours: Some(window(60, 300)),
        ..Default::default()
    };
    let pause = |from, until, lasts| pb::Pause {
        begins: Some(window(from, until)),
        lasts: Some(lasting(lasts)),
    };
    let cases: Vec<(&str, pb::Shift)> = vec![
        ("shift.driver", pb::Shift { driver: String::new(), ..shift() }),
        ("shift.vehicle", pb::Shift { vehicle: "car".to_owned(), ..shift() }),
        ("shift.hours", pb::Shift { hours: None, ..shift() }),
        ("shift.hours.until", pb::Shift { hours: Some(window(60, 60)), ..shift() }),
        ("shift.hours.until", pb::Shift { hours: Some(window(60, 1_501)), ..shift() }),
        ("shift.pauses", pb::Shift { pauses: vec![pause(100, 110, 10); 5], ..shift() }),
        ("shift.pauses[0].begins", pb::Shift { pauses: vec![pause(50, 110, 10)], ..shift() }),
        ("shift.pauses[0].begins", pb::Shift { pauses: vec![pause(100, 295, 10)], ..shift() }),
        ("shift.pauses[0].lasts", pb::Shift { pauses: vec![pause(100, 110, 4)], ..shift() }),
    ];
    for (wanted, shift) in cases {
        let request = pb::CreateShiftRequest { shift: Some(shift), request_id: town.id() };
        assert_eq!(field(&town.staff().create_shift(request).await.unwrap_err()), wanted);
    }
    let driver = pb::Driver { person: "dag".to_owned(), ..Default::default() };
    let request = pb::SetDriverRequest { driver: Some(driver), request_id: town.id() };
    assert_eq!(field(&town.staff().set_driver(request).await.unwrap_err()), "driver.person");
    let rules = pb::Rules { slack: Some(lasting(61)), horizon_days: 1, ..Default::default() };
    let request = pb::SetRulesRequest { rules: Some(rules), request_id: town.id() };
    assert_eq!(field(&town.coordinator().set_rules(request).await.unwrap_err()), "rules.slack");
    let late = pb::ReportLateRequest { shift: dag.name, by: None, request_id: town.id() };
    assert_eq!(field(&town.staff().report_late(late).await.unwrap_err()), "by");
}

#[tokio::test]
async fn each_field_of_meal_rounds_reports_and_plans_is_named() {
    let town = Town::open().await;
    let meal = || pb::Meal {
        receiver: person("anna").to_string(),
        to: Some(door(1)),
        window: Some(window(100, 200)),
        boxes: 1,
        note: String::new(),
    };
    let round = |meals| pb::RequestMealRoundRequest {
        kitchen: Some(door(5)),
        ready: Some(stamp(100)),
        keeps: None,
        meals,
        request_id: town.id(),
    };
    let kitchen = pb::RequestMealRoundRequest { kitchen: None, ..round(vec![meal()]) };
    for (wanted, request) in [
        ("kitchen", kitchen),
        ("meals", round(Vec::new())),
        ("meals", round(vec![meal(); 61])),
        ("meals[1].boxes", round(vec![meal(), pb::Meal { boxes: 0, ..meal() }])),
        ("meals[0].window.until", round(vec![pb::Meal { window: Some(window(50, 90)), ..meal() }])),
    ] {
        assert_eq!(field(&town.staff().request_meal_round(request).await.unwrap_err()), wanted);
    }
    let day = pb::DispatchRequest { day: "tomorrow".to_owned(), budget: Some(lasting(1)) };
    let budget = pb::DispatchRequest { day: crate::town::DAY.to_owned(), budget: Some(lasting(3)) };
    for (wanted, request) in [("day", day), ("budget", budget)] {
        let refused = town.coordinator().dispatch(request).await.map(drop).unwrap_err();
        assert_eq!(field(&refused), wanted);
    }
    let stop = pb::ReportStopRequest {
        shift: format!("shifts/{}", town.id()),
        ride: format!("rides/{}", town.id()),
        request_id: town.id(),
        ..Default::default()
    };
    let refused = town.staff().report_stop(stop.clone()).await.unwrap_err();
    assert_eq!(field(&refused), "kind");
    let stop = pb::ReportStopRequest { kind: pb::stop::Kind::Dropoff.into(), ..stop };
    assert_eq!(field(&town.staff().report_stop(stop.clone()).await.unwrap_err()), "report");
    let nobody = pb::report_stop_request::Report::NoShow.into();
    let stop = pb::ReportStopRequest { report: nobody, ..stop };
    assert_eq!(field(&town.staff().report_stop(stop).await.unwrap_err()), "kind");
    let free = pb::FreeRidesRequest { about: String::new(), request_id: town.id() };
    assert_eq!(field(&town.staff().free_rides(free).await.unwrap_err()), "about");
    let drives = pb::ListDrivesRequest {
        from: "2026-11-23".to_owned(),
        until: "2026-11-22".to_owned(),
        ..Default::default()
    };
    assert_eq!(field(&town.coordinator().list_drives(drives).await.unwrap_err()), "until");
}
