//! The JSON form of a problem, as written in this crate's README.

use serde::Deserialize;

use crate::Window;

use super::{
    plan::ScheduleForm,
    text::{Counts, Place},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProblemForm {
    #[serde(default)]
    pub(super) objective: ObjectiveForm,
    #[serde(default)]
    pub(super) places: Vec<PlaceForm>,
    pub(super) matrix: Option<MatrixForm>,
    #[serde(default)]
    pub(super) travel: Travel,
    pub(super) requests: Vec<RequestForm>,
    pub(super) vehicles: Vec<VehicleForm>,
    #[serde(default)]
    pub(super) apart: Vec<[String; 2]>,
    pub(super) present: Option<ScheduleForm>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ObjectiveForm {
    VehiclesThenDistance,
    Distance,
    Weighted(WeightsForm),
}

/// A second of a vehicle is the unit of cost. The rest stands to it about as drivers' wages, a
/// car's kilometres and travellers' patience do.
impl Default for ObjectiveForm {
    fn default() -> Self {
        Self::Weighted(WeightsForm {
            vehicle_time: 1.0,
            distance: 0.04,
            aboard: 0.2,
            waiting_aboard: 0.3,
            change: 300.0,
        })
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WeightsForm {
    pub(super) vehicle_time: f64,
    pub(super) distance: f64,
    pub(super) aboard: f64,
    pub(super) waiting_aboard: f64,
    pub(super) change: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceForm {
    pub(super) id: String,
    pub(super) at: [f64; 2],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MatrixForm {
    pub(super) places: Vec<String>,
    pub(super) seconds: Vec<Vec<Option<f64>>>,
    #[serde(default)]
    pub(super) metres: Vec<Vec<Option<f64>>>,
}

/// How coordinates become travel times where no roads are known.
#[derive(Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Travel {
    pub(super) speed_kmh: f64,
    pub(super) factor: f64,
}

impl Default for Travel {
    fn default() -> Self {
        Self { speed_kmh: 40.0, factor: 1.3 }
    }
}

/// A first and a last moment; `null` is none.
#[derive(Clone, Copy, Deserialize)]
#[serde(from = "[Option<f64>; 2]")]
pub(super) struct WindowForm(pub(super) Window);

impl Default for WindowForm {
    fn default() -> Self {
        Self(Window::ALWAYS)
    }
}

impl From<[Option<f64>; 2]> for WindowForm {
    fn from([earliest, latest]: [Option<f64>; 2]) -> Self {
        let Window { earliest: always, latest: never } = Window::ALWAYS;
        Self(Window { earliest: earliest.unwrap_or(always), latest: latest.unwrap_or(never) })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StopForm {
    pub(super) place: Place,
    #[serde(default)]
    pub(super) window: WindowForm,
    #[serde(default)]
    pub(super) service: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestForm {
    pub(super) id: String,
    pub(super) pickup: StopForm,
    pub(super) dropoff: StopForm,
    pub(super) load: Option<Counts>,
    pub(super) max_ride: Option<f64>,
    #[serde(default)]
    pub(super) skills: Vec<String>,
    pub(super) price: Option<f64>,
    #[serde(default)]
    pub(super) priority: u8,
    pub(super) release: Option<f64>,
    pub(super) pinned: Option<String>,
    pub(super) return_of: Option<String>,
    pub(super) promise: Option<PromiseForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PromiseForm {
    #[serde(default)]
    pub(super) pickup: WindowForm,
    #[serde(default)]
    pub(super) dropoff: WindowForm,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BreakForm {
    #[serde(default)]
    pub(super) window: WindowForm,
    pub(super) lasts: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleForm {
    pub(super) id: String,
    pub(super) start: Place,
    pub(super) end: Option<Place>,
    #[serde(default)]
    pub(super) shift: WindowForm,
    pub(super) max_duration: Option<f64>,
    #[serde(default)]
    pub(super) breaks: Vec<BreakForm>,
    pub(super) seats: Vec<Counts>,
    #[serde(default)]
    pub(super) skills: Vec<String>,
    #[serde(default)]
    pub(super) fixed_cost: f64,
    #[serde(default)]
    pub(super) frozen: Vec<DoneForm>,
    pub(super) not_before: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DoneForm {
    pub(super) pickup: Option<String>,
    pub(super) dropoff: Option<String>,
    #[serde(rename = "break")]
    pub(super) pause: Option<u32>,
    pub(super) began: Option<f64>,
}
