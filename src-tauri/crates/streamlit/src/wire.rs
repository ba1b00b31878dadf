//! The wire format of Protocol Buffers (its documentation, "Encoding"), as much of it as is needed
//! here. By hand, since Streamlit's schema differs from version to version and comes without `.proto`
//! files: the numbers of fields used are the same in all of them (`streamlit/proto/*_pb2.py`).

/// A field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number or a truth value.
    Number(u64),
    /// A text, or a message.
    Bytes(&'a [u8]),
    /// A number of fixed length, which nothing here asks for.
    Fixed,
}

/// The fields of a message, as far as it is one.
pub fn fields(mut message: &[u8]) -> impl Iterator<Item = (u64, Value<'_>)> {
    std::iter::from_fn(move || {
        let key = varint(&mut message)?;
        Some((key >> 3, value(&mut message, key & 7)?))
    })
}

/// Reads a value of this wire type and moves past it.
fn value<'a>(message: &mut &'a [u8], wire_type: u64) -> Option<Value<'a>> {
    Some(match wire_type {
        0 => Value::Number(varint(message)?),
        2 => {
            let length = usize::try_from(varint(message)?).ok()?;
            Value::Bytes(take(message, length)?)
        }
        1 | 5 => {
            take(message, if wire_type == 1 { 8 } else { 4 })?;
            Value::Fixed
        }
        _ => return None,
    })
}

/// The messages in the repeated field `tag`.
pub fn messages(message: &[u8], tag: u64) -> impl Iterator<Item = &[u8]> {
    fields(message).filter_map(move |(found, value)| match value {
        Value::Bytes(bytes) if found == tag => Some(bytes),
        _ => None,
    })
}

/// The text in field `tag`; empty where there is none.
pub fn text(message: &[u8], tag: u64) -> String {
    messages(message, tag)
        .last()
        .map_or_else(String::new, |bytes| String::from_utf8_lossy(bytes).into_owned())
}

/// The number in field `tag`, 0 where there is none, which is what the encoding leaves out.
pub fn number(message: &[u8], tag: u64) -> u64 {
    let numbers = fields(message).filter_map(|(found, value)| match value {
        Value::Number(number) if found == tag => Some(number),
        _ => None,
    });
    numbers.last().unwrap_or_default()
}

/// The number of the first field that is none of `beside`. Only the beginning of a message needs to be
/// there. `None` where it ends before that.
pub(crate) fn first_beside(mut bytes: &[u8], beside: &[u64]) -> Option<u64> {
    loop {
        let key = varint(&mut bytes)?;
        if !beside.contains(&(key >> 3)) {
            return Some(key >> 3);
        }
        value(&mut bytes, key & 7)?;
    }
}

/// The name of the field `number`; `other` where there is none.
pub(crate) fn name(names: &[(u64, &'static str)], number: u64) -> &'static str {
    names.iter().find(|(known, _)| *known == number).map_or("other", |(_, name)| name)
}

/// Appends a text or message as field `tag`.
pub fn put(message: &mut Vec<u8>, tag: u64, value: &[u8]) {
    put_varint(message, tag << 3 | 2);
    put_varint(message, value.len() as u64);
    message.extend_from_slice(value);
}

/// Appends a number or a truth value as field `tag`.
pub fn put_number(message: &mut Vec<u8>, tag: u64, value: u64) {
    put_varint(message, tag << 3);
    put_varint(message, value);
}

/// Reads a base-128 varint and moves past it.
pub fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn put_varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
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
        assert_eq!(message, [0x30, 0xac, 0x02]);
        put(&mut message, 11, "é".as_bytes());
        put(&mut message, 11, &[b'x'; 200]);
        assert_eq!(number(&message, 6), 300);
        assert_eq!(number(&message, 7), 0);
        assert_eq!(messages(&message, 11).map(<[u8]>::len).collect::<Vec<_>>(), [2, 200]);
        assert_eq!(text(&message[..8], 11), "é", "what is cut off is not there");
        assert_eq!(fields(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").count(), 0);
        assert_eq!(fields(b"\x0a\x7f.").count(), 0);
    }
}
