//! Messages, clients and servers compiled from `proto/dugnad/`.
#![allow(missing_docs, unreachable_pub, clippy::all)]

pub mod codec;

/// `dugnad.activities.v1`.
pub mod activities {
    pub mod v1 {
        tonic::include_proto!("dugnad.activities.v1");
    }
}

/// `dugnad.matching.v1`.
pub mod matching {
    pub mod v1 {
        tonic::include_proto!("dugnad.matching.v1");
    }
}

/// `dugnad.notices.v1`.
pub mod notices {
    pub mod v1 {
        tonic::include_proto!("dugnad.notices.v1");
    }
}

/// `dugnad.rides.v1`.
pub mod rides {
    pub mod v1 {
        tonic::include_proto!("dugnad.rides.v1");
    }
}

/// `dugnad.rooms.v1`.
pub mod rooms {
    pub mod v1 {
        tonic::include_proto!("dugnad.rooms.v1");
    }
}

/// `dugnad.volunteers.v1`.
pub mod volunteers {
    pub mod v1 {
        tonic::include_proto!("dugnad.volunteers.v1");
    }
}

/// Every compiled file as a `google.protobuf.FileDescriptorSet`, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
