//! Pictures of the screen, to be compared.

use std::io::Cursor;

use anyhow::{Context, ensure};

/// A part of a picture, in pixels.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Red, green, blue, alpha for each pixel, row by row.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 4]>,
}

impl Picture {
    pub fn read(png: &[u8]) -> anyhow::Result<Self> {
        let mut decoder = png::Decoder::new(Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let mut reader = decoder.read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("too large a picture")?];
        let info = reader.next_frame(&mut bytes)?;
        ensure!(info.color_type == png::ColorType::Rgba, "a picture without colours: {:?}", info.color_type);
        let (pixels, _) = bytes.as_chunks::<4>();
        Ok(Self { width: info.width, height: info.height, pixels: pixels.to_vec() })
    }

    pub fn part(&self, area: Area) -> anyhow::Result<Self> {
        let Area { x, y, width, height } = area;
        let fits = x + width <= self.width && y + height <= self.height;
        ensure!(fits, "{area:?} is not within {} × {}", self.width, self.height);
        let row = |row: u32| {
            let start = (row * self.width + x) as usize;
            &self.pixels[start..start + width as usize]
        };
        Ok(Self { width, height, pixels: (y..y + height).flat_map(row).copied().collect() })
    }

    /// Which share of the pixels differs, in percent; all of them, where the sizes do. What the eye cannot see is no difference.
    pub fn percent_unlike(&self, other: &Self) -> f64 {
        const UNSEEN: u8 = 4;
        if (self.width, self.height) != (other.width, other.height) {
            return 100.0;
        }
        let differs =
            |(one, two): &(&[u8; 4], &[u8; 4])| one.iter().zip(*two).any(|(one, two)| one.abs_diff(*two) > UNSEEN);
        let unlike = self.pixels.iter().zip(&other.pixels).filter(differs).count();
        100.0 * unlike as f64 / self.pixels.len().max(1) as f64
    }
}
