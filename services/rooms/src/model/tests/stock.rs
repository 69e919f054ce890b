//! Equipment with a stock: never more of it is claimed than there is.

use dugnad_events::rooms::{Application, Claim};

use super::{
    letting::{apply, code},
    *,
};

fn chairs(count: u32) -> Application {
    let equipment = vec![Claim { item: code("chair"), count }];
    Application { equipment, ..Default::default() }
}

fn stock(count: u32) -> Command {
    Command::SetStock { facility: FacilityId(id("school")), item: code("chair"), count }
}

fn ten_chairs() -> Town {
    let mut town = hall_and([]);
    town.when(stock(10)).unwrap();
    town
}

#[test]
fn rooms_side_by_side_share_the_stock_of_their_building() {
    let mut town = ten_chairs();
    town.when(apply("north", "2026-12-01T18:00/20:00", chairs(4))).unwrap();
    town.when(apply("south", "2026-12-01T19:00/21:00", chairs(5))).unwrap();

    let short = town.when(apply("kitchen", "2026-12-01T17:00/22:00", chairs(2)));

    assert_refused!(short, Refusal::StockShort { wanted: 2, free: 1, .. });
    assert!(town.when(apply("kitchen", "2026-12-01T20:00/22:00", chairs(5))).is_ok());
    let unknown = Claim { item: code("organ"), count: 1 };
    let unknown = Application { equipment: vec![unknown], ..Default::default() };
    let none = town.when(apply("hall", "2026-12-05T20:00/22:00", unknown));
    assert_refused!(none, Refusal::StockShort { free: 0, .. });
}

#[test]
fn a_booking_that_moves_or_ends_gives_its_pieces_back() {
    let mut town = ten_chairs();
    let made = town.when(apply("north", "2026-12-01T18:00/20:00", chairs(10))).unwrap();
    let Event::Booked { booking, .. } = made[0] else { panic!("{made:?}") };
    let (room, when, seen) = (None, Some(span("2026-12-01T19:00/21:00")), None);
    town.when(Command::Move { booking, room, span: when, seen, as_staff: false }).unwrap();

    town.when(apply("south", "2026-12-01T18:00/19:00", chairs(10))).unwrap();
    let taken = town.when(apply("kitchen", "2026-12-01T20:00/21:00", chairs(1)));
    assert_refused!(taken, Refusal::StockShort { .. });
    town.when(Command::Cancel { booking, reason: String::new(), seen: None }).unwrap();
    assert!(town.when(apply("kitchen", "2026-12-01T20:00/21:00", chairs(10))).is_ok());
}

#[test]
fn the_stock_never_falls_below_what_is_promised() {
    let mut town = ten_chairs();
    town.when(apply("north", "2026-12-01T18:00/20:00", chairs(4))).unwrap();
    town.when(apply("south", "2026-12-01T19:00/21:00", chairs(4))).unwrap();

    assert_refused!(town.when(stock(7)), Refusal::StockClaimed { claimed: 8, .. });
    assert!(town.when(stock(8)).is_ok());
    let mut town = town.at("2026-12-01T20:30");
    assert_refused!(town.when(stock(3)), Refusal::StockClaimed { claimed: 4, .. });
    let mut town = town.at("2026-12-01T21:00");
    assert!(town.when(stock(0)).is_ok());
}

#[test]
fn equipment_is_listed_with_what_is_free_all_the_time() {
    let mut town = ten_chairs();
    town.when(apply("north", "2026-12-01T18:00/20:00", chairs(4))).unwrap();
    let of = |when| town.state.equipment(FacilityId(id("school")), span(when));

    assert_eq!(of("2026-12-01T19:00/23:00"), [(code("chair"), 10, 6)]);
    assert_eq!(of("2026-12-01T20:00/23:00"), [(code("chair"), 10, 10)]);
}
