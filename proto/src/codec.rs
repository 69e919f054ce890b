//! How messages become bytes and back: prost's codec, but a request that cannot be read is the
//! caller's fault and says so.
//!
//! The plain codec answers INTERNAL to bytes that are no protobuf and to text that is no UTF-8, and
//! tonic answers OUT_OF_RANGE to a message past its limit. Here both are INVALID_ARGUMENT with a
//! `BadRequest` that names the field. An answer that cannot be read stays INTERNAL.

use std::marker::PhantomData;

use prost::Message;
use tonic::{
    Status,
    codec::{BufferSettings, DecodeBuf, Decoder, EncodeBuf, Encoder},
};
use tonic_prost::{ProstDecoder, ProstEncoder};
use tonic_types::{ErrorDetails, StatusExt as _};

/// The largest request that is read.
pub const MAX_REQUEST_BYTES: usize = 4 * 1024 * 1024;

/// What a server must take in to be able to say that a request is too large: give this to
/// `max_decoding_message_size`. Past it the connection's flow control and tonic's refusal guard.
pub const HARD_LIMIT: usize = 16 * 1024 * 1024;

/// The codec that the generated clients and servers use.
#[derive(Clone, Debug)]
pub struct Codec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for Codec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> tonic::codec::Codec for Codec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = Out<T>;
    type Decoder = In<U>;

    fn encoder(&mut self) -> Out<T> {
        Out(ProstEncoder::default())
    }

    fn decoder(&mut self) -> In<U> {
        In(ProstDecoder::default())
    }
}

/// Encodes as prost does.
#[derive(Debug)]
pub struct Out<T>(ProstEncoder<T>);

impl<T: Message> Encoder for Out<T> {
    type Item = T;
    type Error = Status;

    fn encode(&mut self, item: T, buf: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buf.reserve(item.encoded_len());
        self.0.encode(item, buf)
    }

    fn buffer_settings(&self) -> BufferSettings {
        buffers()
    }
}

/// Decodes as prost does; says whose fault it is when that fails.
#[derive(Debug)]
pub struct In<U>(ProstDecoder<U>);

impl<U: Message + Default> Decoder for In<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buf: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        let bytes = prost::bytes::Buf::remaining(buf);
        // buf's rule that every method takes an `XRequest` tells a server from a client.
        let request = std::any::type_name::<U>().ends_with("Request");
        if request && bytes > MAX_REQUEST_BYTES {
            // Skipped, not kept: the stream goes on behind it.
            prost::bytes::Buf::advance(buf, bytes);
            let problem = format!("a request of {bytes} bytes is past {MAX_REQUEST_BYTES}");
            return Err(invalid("request", &problem));
        }
        self.0.decode(buf).map_err(|status| if request { unreadable(&status) } else { status })
    }

    fn buffer_settings(&self) -> BufferSettings {
        buffers()
    }
}

/// Most messages fit in what their buffers begin with, a sixteenth of what tonic takes for each; the
/// second is tonic's own, of how much of a stream is sent at once.
fn buffers() -> BufferSettings {
    BufferSettings::new(512, 32 * 1024)
}

/// prost says `…: Inner.field: Outer.field: problem`, the innermost first.
fn unreadable(status: &Status) -> Status {
    let (mut path, mut problem) = (Vec::new(), status.message());
    problem = problem.strip_prefix("failed to decode Protobuf message: ").unwrap_or(problem);
    while let Some((place, rest)) = problem.split_once(": ") {
        match place.split_once('.') {
            Some((_, field)) if !place.contains(' ') => path.push(field),
            _ => break,
        }
        problem = rest;
    }
    path.reverse();
    let field = if path.is_empty() { "request".to_owned() } else { path.join(".") };
    invalid(&field, problem)
}

fn invalid(field: &str, problem: &str) -> Status {
    let details = ErrorDetails::with_bad_request_violation(field, problem);
    let message = format!("{field}: {problem}");
    Status::with_error_details(tonic::Code::InvalidArgument, message, details)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_named_from_the_outside_in() {
        let status = unreadable(&Status::internal(
            "failed to decode Protobuf message: Contact.phone: CreateBookingRequest.contact: \
             invalid string value: data is not UTF-8 encoded",
        ));

        assert_eq!(status.code(), tonic::Code::InvalidArgument);
        let violations = status.get_details_bad_request().expect("details").field_violations;
        assert_eq!(violations[0].field, "contact.phone");
        assert_eq!(violations[0].description, "invalid string value: data is not UTF-8 encoded");
    }

    #[test]
    fn bytes_that_are_no_protobuf_are_the_request_s_fault_as_a_whole() {
        let status = unreadable(&Status::internal(
            "failed to decode Protobuf message: invalid tag value: 0",
        ));

        assert_eq!(status.message(), "request: invalid tag value: 0");
    }
}
