//! How far each service's commits are on disk, for its followers alone: whoever follows one service is
//! not woken by the others.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::Service;

/// By service the global sequence up to which all its commits are on disk.
pub(super) struct Tips {
    /// The last global sequence when the file was opened: no service's commits lay behind it then.
    opened: u64,
    /// `None`: the writer is gone.
    told: Mutex<Option<HashMap<Service, watch::Sender<u64>>>>,
}

impl Tips {
    pub(super) fn new(opened: u64) -> Self {
        Self { opened, told: Mutex::new(Some(HashMap::new())) }
    }

    /// Hears of the service's commits; closed once the writer is gone.
    pub(super) fn of(&self, service: &Service) -> watch::Receiver<u64> {
        match &mut *self.lock() {
            Some(told) => self.sender(told, service).subscribe(),
            None => watch::channel(self.opened).1,
        }
    }

    /// All of the service's commits up to `tip` are on disk.
    pub(super) fn tell(&self, service: &Service, tip: u64) {
        if let Some(told) = &mut *self.lock() {
            self.sender(told, service).send_replace(tip);
        }
    }

    /// Nothing more comes.
    pub(super) fn close(&self) {
        self.lock().take();
    }

    fn sender<'a>(
        &self,
        told: &'a mut HashMap<Service, watch::Sender<u64>>,
        service: &Service,
    ) -> &'a watch::Sender<u64> {
        told.entry(service.clone()).or_insert_with(|| watch::channel(self.opened).0)
    }

    fn lock(&self) -> MutexGuard<'_, Option<HashMap<Service, watch::Sender<u64>>>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
