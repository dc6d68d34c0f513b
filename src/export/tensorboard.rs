//! Loss curves as an event file that TensorBoard reads.
//!
//! The file is a chain of records in TensorFlow's TFRecord format: the length of the data as 8 bytes, a checksum of
//! those 8 bytes, the data, a checksum of the data; all numbers little-endian, checksums CRC-32C, rotated and shifted
//! ("masked") as the format asks. The data of each record is a protocol buffer message `Event`
//! (tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto), of which only these fields are
//! written:
//!
//! | message | field | number | type |
//! | --- | --- | --- | --- |
//! | Event | wall_time | 1 | double, seconds since 1970 |
//! | Event | step | 2 | int64, the epoch |
//! | Event | file_version | 3 | string, in the first record alone |
//! | Event | summary | 5 | Summary |
//! | Summary | value | 1 | Value, repeated |
//! | Value | tag | 1 | string |
//! | Value | simple_value | 2 | float |

use super::ExportError;
use super::curves::TERMS;
use crate::project::LossPoint;
use crate::project::files::write_whole;
use std::path::{Component, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Writes the curves of one run into a folder of its name under `folder`, which is TensorBoard's log folder, and
/// returns the path of the file. The scalars are `loss/image`, `loss/text`, `loss/kl`, `loss/total` (means over the
/// batches), the same as `validation/…` of pairs that are not learned from, and `seconds_per_epoch`; the step is the epoch, and its time `started` and the seconds until its end.
/// What was written of the same run before is replaced.
///
/// # Errors
/// When `run` cannot name a folder, or the folder cannot be written.
pub fn write_events(
    folder: &Path,
    run: &str,
    losses: &[LossPoint],
    started: SystemTime,
) -> Result<PathBuf, ExportError> {
    let mut parts = Path::new(run).components();
    let (Some(Component::Normal(name)), None) = (parts.next(), parts.next()) else {
        return Err(ExportError::RunName { name: run.into() });
    };
    let started = started.duration_since(UNIX_EPOCH).unwrap_or_default();
    let file = format!("events.out.tfevents.{}.frameloom", started.as_secs());
    let path = folder.join(name).join(file);
    let events = events(losses, started.as_secs_f64());
    write_whole(&path, |file| {
        events.iter().try_for_each(|event| file.write_all(&record(event)))
    })?;
    // TensorBoard would draw two files of one run on top of each other.
    let others = std::fs::read_dir(folder.join(name))
        .into_iter()
        .flatten()
        .flatten();
    for other in others
        .map(|entry| entry.path())
        .filter(|other| *other != path && is_ours(other))
    {
        let _ = std::fs::remove_file(other);
    }
    Ok(path)
}

fn is_ours(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("events.out.tfevents.") && name.ends_with(".frameloom")
}

fn events(losses: &[LossPoint], started: f64) -> Vec<Vec<u8>> {
    let mut version = Message::default();
    version.double(1, started).bytes(3, b"brain.Event:2");
    let mut events = vec![version.0];
    let mut now = started;
    for point in losses {
        now += point.seconds;
        let mut summary = Message::default();
        for (name, term) in TERMS {
            summary.bytes(1, &scalar(&format!("loss/{name}"), term(&point.mean)));
        }
        for (name, term) in TERMS {
            if let Some(validation) = &point.validation {
                summary.bytes(1, &scalar(&format!("validation/{name}"), term(validation)));
            }
        }
        summary.bytes(1, &scalar("seconds_per_epoch", point.seconds));
        let mut event = Message::default();
        event
            .double(1, now)
            .integer(2, point.epoch.into())
            .bytes(5, &summary.0);
        events.push(event.0);
    }
    events
}

fn scalar(tag: &str, value: f64) -> Vec<u8> {
    let mut message = Message::default();
    message.bytes(1, tag.as_bytes()).float(2, value as f32);
    message.0
}

/// Data as a TFRecord.
fn record(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let checksum = |bytes: &[u8]| masked(crc32c::crc32c(bytes)).to_le_bytes();
    [&length[..], &checksum(&length), data, &checksum(data)].concat()
}

fn masked(checksum: u32) -> u32 {
    checksum.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// A protocol buffer message under way: each field is a key, `number << 3 | wire type`, and its value.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn key(&mut self, number: u32, wire: u32) {
        self.varint((number << 3 | wire).into());
    }

    /// Seven bits a byte, the lowest first; the high bit says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn integer(&mut self, number: u32, value: u64) -> &mut Self {
        self.key(number, 0);
        self.varint(value);
        self
    }

    fn double(&mut self, number: u32, value: f64) -> &mut Self {
        self.key(number, 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    fn bytes(&mut self, number: u32, value: &[u8]) -> &mut Self {
        self.key(number, 2);
        self.varint(value.len() as u64);
        self.0.extend(value);
        self
    }

    fn float(&mut self, number: u32, value: f32) -> &mut Self {
        self.key(number, 5);
        self.0.extend(value.to_le_bytes());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::{LossTerms, Run};
    use std::process::Command;
    use std::time::Duration;

    fn losses() -> Vec<LossPoint> {
        let point = |epoch: u32| LossPoint {
            epoch,
            mean: LossTerms {
                image: 1.0 / f64::from(epoch),
                text: 0.1 * f64::from(epoch),
                kl: if epoch == 200 { f64::NAN } else { 1e-9 },
                total: 1e9 + f64::from(epoch),
            },
            seconds: 0.25,
            ..LossPoint::default()
        };
        (1..=300).map(point).collect()
    }

    fn started() -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(1_700_000_000_500)
    }

    /// A field as it was read: its number and its value.
    #[derive(Debug, PartialEq)]
    enum Field<'a> {
        Integer(u32, u64),
        Double(u32, f64),
        Bytes(u32, &'a [u8]),
        Float(u32, f32),
    }

    fn take<const N: usize>(bytes: &mut &[u8]) -> [u8; N] {
        let (head, tail) = bytes.split_first_chunk().unwrap();
        *bytes = tail;
        *head
    }

    fn varint(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for place in 0.. {
            let [byte] = take(bytes);
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    fn fields(mut bytes: &[u8]) -> Vec<Field<'_>> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes) as u32;
            fields.push(match key & 7 {
                0 => Field::Integer(key >> 3, varint(&mut bytes)),
                1 => Field::Double(key >> 3, f64::from_le_bytes(take(&mut bytes))),
                2 => {
                    let length = varint(&mut bytes) as usize;
                    let (value, rest) = bytes.split_at(length);
                    bytes = rest;
                    Field::Bytes(key >> 3, value)
                }
                5 => Field::Float(key >> 3, f32::from_le_bytes(take(&mut bytes))),
                wire => panic!("no wire type {wire} was written"),
            });
        }
        fields
    }

    fn records(mut bytes: &[u8]) -> Vec<&[u8]> {
        let mut records = Vec::new();
        while !bytes.is_empty() {
            let length: [u8; 8] = take(&mut bytes);
            let checksum = u32::from_le_bytes(take(&mut bytes));
            assert_eq!(checksum, masked(crc32c::crc32c(&length)));
            let (data, rest) = bytes.split_at(u64::from_le_bytes(length) as usize);
            bytes = rest;
            assert_eq!(u32::from_le_bytes(take(&mut bytes)), masked(crc32c::crc32c(data)));
            records.push(data);
        }
        records
    }

    #[test]
    fn the_checksum_is_the_one_of_the_format() {
        // The check value of CRC-32C, and the mask by its definition.
        let checksum = crc32c::crc32c(b"123456789");
        assert_eq!(checksum, 0xe306_9283);
        let rotated = (u64::from(checksum) >> 15) | (u64::from(checksum) << 17 & 0xffff_ffff);
        assert_eq!(u64::from(masked(checksum)), (rotated + 0xa282_ead8) % (1 << 32));
    }

    #[test]
    fn the_records_decode_to_what_was_trained() {
        let folder = tempfile::tempdir().unwrap();
        let path = write_events(folder.path(), "运行 001", &losses(), started()).unwrap();
        assert_eq!(
            path,
            folder
                .path()
                .join("运行 001/events.out.tfevents.1700000000.frameloom")
        );
        let bytes = std::fs::read(path).unwrap();
        let records = records(&bytes);
        assert_eq!(records.len(), 301);
        assert_eq!(
            fields(records[0]),
            [
                Field::Double(1, 1_700_000_000.5),
                Field::Bytes(3, b"brain.Event:2")
            ]
        );
        let event = fields(records[150]);
        assert_eq!(
            event[..2],
            [Field::Double(1, 1_700_000_038.0), Field::Integer(2, 150)]
        );
        let [_, _, Field::Bytes(5, summary)] = event[..] else {
            panic!("{event:?}");
        };
        let scalars: Vec<_> = fields(summary)
            .into_iter()
            .map(|field| match field {
                Field::Bytes(1, value) => fields(value),
                other => panic!("{other:?}"),
            })
            .collect();
        let scalar = |tag: &'static str, value| vec![Field::Bytes(1, tag.as_bytes()), Field::Float(2, value)];
        assert_eq!(
            scalars,
            [
                scalar("loss/image", (1.0 / 150.0) as f32),
                scalar("loss/text", 15.0),
                scalar("loss/kl", 1e-9),
                scalar("loss/total", 1_000_000_150.0_f64 as f32),
                scalar("seconds_per_epoch", 0.25),
            ]
        );
    }

    #[test]
    fn a_name_that_leaves_the_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "..", "a/b", "/"] {
            let error = write_events(folder.path(), name, &[], started()).unwrap_err();
            assert!(matches!(error, ExportError::RunName { .. }), "{name}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_run_written_again_is_one_file_and_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let other = folder.path().join("001/events.out.tfevents.1.elsewhere");
        write_whole(&other, |_| Ok(())).unwrap();
        write_events(folder.path(), "001", &losses(), started()).unwrap();
        let later = started() + Duration::from_secs(60);
        let path = write_events(folder.path(), "001", &losses(), later).unwrap();
        let entries = std::fs::read_dir(folder.path().join("001")).unwrap();
        let mut there: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        there.sort();
        assert_eq!(there, [other, path]);
    }

    #[test]
    fn readers_in_python_agree_with_the_table_of_losses() {
        let python = std::env::var("FRAMELOOM_PARITY_PYTHON").unwrap_or_else(|_| "python3".into());
        let folder = tempfile::tempdir().unwrap();
        let run = Run {
            losses: losses(),
            ..Run::default()
        };
        run.save(folder.path()).unwrap();
        let log = folder.path().join("log");
        write_events(&log, "001", &run.losses, started()).unwrap();
        let check = |table: &str| {
            Command::new(&python)
                .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/events.py"))
                .args([&log, &folder.path().join(table)])
                .output()
        };
        let Ok(output) = check("losses.csv") else {
            eprintln!("skipped: no {python} here");
            return;
        };
        let said =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        eprintln!("{said}");
        assert!(output.status.success(), "{said}");
        let other = std::fs::read_to_string(folder.path().join("losses.csv"))
            .unwrap()
            .replacen("0.5,", "0.6,", 1);
        std::fs::write(folder.path().join("other.csv"), other).unwrap();
        let output = check("other.csv").unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stdout).contains("FAIL plain reader"));
    }
}
