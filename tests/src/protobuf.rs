//! The wire format of Protocol Buffers, as little of it as the tests need.
//!
//! By hand, since Streamlit's schema differs from version to version and is in no `.proto` file.
//! The tags used are the same from Streamlit 1.40 to 1.67 (`streamlit/proto/*_pb2.py`).

/// A field's value on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(&'a [u8]),
    Fixed32([u8; 4]),
}

/// Splits a message into its fields; `None` when it is not a message.
pub(crate) fn fields(mut message: &[u8]) -> Option<Vec<(u64, Value<'_>)>> {
    let mut fields = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message)?;
        let value = match key & 7 {
            0 => Value::Varint(varint(&mut message)?),
            1 => Value::Fixed64(take(&mut message, 8)?.try_into().ok()?),
            2 => {
                let length = usize::try_from(varint(&mut message)?).ok()?;
                Value::Bytes(take(&mut message, length)?)
            }
            5 => Value::Fixed32(take(&mut message, 4)?.try_into().ok()?),
            _ => return None,
        };
        fields.push((key >> 3, value));
    }
    Some(fields)
}

/// The bytes of field `tag`, the first of them.
pub(crate) fn bytes(message: &[u8], tag: u64) -> Option<&[u8]> {
    fields(message)?.into_iter().find_map(|(found, value)| match value {
        Value::Bytes(bytes) if found == tag => Some(bytes),
        _ => None,
    })
}

/// Appends a field with a length: a message, text or packed numbers.
pub(crate) fn put_bytes(message: &mut Vec<u8>, tag: u64, value: &[u8]) {
    put_varint(message, tag << 3 | 2);
    put_varint(message, value.len() as u64);
    message.extend_from_slice(value);
}

/// Appends a number or a truth value.
pub(crate) fn put_number(message: &mut Vec<u8>, tag: u64, value: u64) {
    put_varint(message, tag << 3);
    put_varint(message, value);
}

fn put_varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(message, 1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(message: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = message.split_at_checked(length)?;
    *message = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_found_again() {
        let mut message = Vec::new();
        put_number(&mut message, 6, 300);
        put_bytes(&mut message, 11, "é".as_bytes());
        assert_eq!(message, [0x30, 0xac, 0x02, 0x5a, 2, 0xc3, 0xa9]);
        assert_eq!(
            fields(&message),
            Some(vec![(6, Value::Varint(300)), (11, Value::Bytes("é".as_bytes()))])
        );
        assert_eq!(bytes(&message, 11), Some("é".as_bytes()));
        assert_eq!(fields(&message[..6]), None, "cut off in the middle");
    }
}
