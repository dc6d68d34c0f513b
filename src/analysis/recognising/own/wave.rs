//! Sound as a WAV file.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

/// Bytes of a sample.
const SAMPLE: u16 = 2;

/// A file of one channel with 16 bits a sample that is being written.
pub(super) struct Wave {
    file: BufWriter<File>,
    rate: u32,
    samples: u32,
}

impl Wave {
    /// # Errors
    /// When the file cannot be made.
    pub fn create(path: &Path, rate: u32) -> io::Result<Self> {
        let mut wave = Self {
            file: BufWriter::new(File::create(path)?),
            rate,
            samples: 0,
        };
        wave.write_head()?;
        Ok(wave)
    }

    /// Adds samples from -1 to 1.
    ///
    /// # Errors
    /// When the disk is full, or the file as large as such files can be.
    pub fn write(&mut self, samples: &[f32]) -> io::Result<()> {
        let count = u32::try_from(samples.len()).ok();
        let count = count.and_then(|count| self.samples.checked_add(count));
        let largest = (u32::MAX - 64) / u32::from(SAMPLE);
        self.samples = count
            .filter(|count| *count <= largest)
            .ok_or_else(|| io::Error::other("a WAV file cannot be longer than 4 GB"))?;
        for sample in samples {
            let value = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)).round() as i16;
            self.file.write_all(&value.to_le_bytes())?;
        }
        Ok(())
    }

    /// Says at the head how long the sound is.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.write_head()?;
        self.file.flush()
    }

    fn write_head(&mut self) -> io::Result<()> {
        let bytes = self.samples * u32::from(SAMPLE);
        let file = &mut self.file;
        file.write_all(b"RIFF")?;
        file.write_all(&(36 + bytes).to_le_bytes())?;
        file.write_all(b"WAVEfmt ")?;
        file.write_all(&16u32.to_le_bytes())?;
        // Plain numbers, one channel.
        file.write_all(&1u16.to_le_bytes())?;
        file.write_all(&1u16.to_le_bytes())?;
        file.write_all(&self.rate.to_le_bytes())?;
        file.write_all(&(self.rate * u32::from(SAMPLE)).to_le_bytes())?;
        file.write_all(&SAMPLE.to_le_bytes())?;
        file.write_all(&(8 * SAMPLE).to_le_bytes())?;
        file.write_all(b"data")?;
        file.write_all(&bytes.to_le_bytes())
    }
}
