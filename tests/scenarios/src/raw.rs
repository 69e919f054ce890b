//! A client that sends any bytes: what no generated client would.

use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    transport::{Channel, Endpoint},
};

use prost::bytes::{Buf as _, BufMut as _, Bytes};

/// A connection.
pub struct Door(Grpc<Channel>);

/// Which method is called.
#[derive(Clone, Copy, Debug)]
pub enum Call {
    /// Of the rooms service.
    CreateBooking,
    /// Of the rooms service, and misspelt.
    CreateBoking,
    /// Of matching.
    ListNeeds,
}

impl Door {
    /// # Panics
    /// If nobody listens at `url`.
    pub async fn open(url: &str) -> Self {
        let endpoint = Endpoint::from_shared(url.to_owned()).expect("a URL");
        Self(Grpc::new(endpoint.connect().await.expect("a server")))
    }

    /// Sends `message` as it stands, with somebody's metadata.
    ///
    /// # Errors
    /// What the service says.
    pub async fn call(&mut self, call: Call, message: &[u8]) -> Result<Bytes, Status> {
        let path = match call {
            Call::CreateBooking => "/dugnad.rooms.v1.RoomsService/CreateBooking",
            Call::CreateBoking => "/dugnad.rooms.v1.RoomsService/CreateBoking",
            Call::ListNeeds => "/dugnad.matching.v1.MatchingService/ListNeeds",
        };
        let mut request = Request::new(Bytes::copy_from_slice(message));
        let caller = uuid::Uuid::now_v7().to_string();
        request.metadata_mut().insert("dugnad-tenant", "lillevik".parse().expect("ASCII"));
        request.metadata_mut().insert("dugnad-caller", caller.parse().expect("ASCII"));
        self.0.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = PathAndQuery::from_static(path);
        Ok(self.0.unary(request, path, AsTheyAre).await?.into_inner())
    }
}

struct AsTheyAre;

impl Codec for AsTheyAre {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for AsTheyAre {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buf: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buf.put(item);
        Ok(())
    }
}

impl Decoder for AsTheyAre {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = buf.remaining();
        Ok(Some(buf.copy_to_bytes(length)))
    }
}
