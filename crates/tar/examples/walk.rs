//! Walks tar files, reading or skipping content, and says how long it took.
//!
//! `cargo run --release -p imglint-tar --example walk -- FILE...`

use std::{
    error::Error,
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read, Seek, Write},
    time::Instant,
};

use imglint_tar::{Compression, Decoder, Event, Limits, Reader};

/// As large as the second-level cache of a core allows with some room.
const CHUNK: usize = 256 << 10;

#[derive(Default)]
struct Walk {
    entries: u64,
    content: u64,
    oddities: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args_os().skip(1) {
        let open = || File::open(&path).map(|file| BufReader::with_capacity(CHUNK, file));
        let compression = Compression::detect(open()?.fill_buf()?);
        if compression == Compression::None {
            report("touch", || touch(open()?))?;
            report("skip", || skip(open()?))?;
            report("read", || read(open()?))?;
            let whole = std::fs::read(&path)?;
            report("parse", || skip(Cursor::new(&whole)))?;
        } else {
            let decoder =
                || Decoder::new(open()?, compression, &Limits::default()).map_err(io::Error::from);
            report("decode", || {
                touch(BufReader::with_capacity(CHUNK, decoder()?))
            })?;
            report("read", || read(BufReader::with_capacity(CHUNK, decoder()?)))?;
        }
    }
    Ok(())
}

/// Reads everything and parses nothing: what the two others cannot beat.
fn touch(mut input: impl Read) -> Result<Walk, Box<dyn Error>> {
    let mut walk = Walk::default();
    let mut chunk = vec![0; CHUNK];
    loop {
        match input.read(&mut chunk)? {
            0 => return Ok(walk),
            count => walk.content += count as u64,
        }
    }
}

fn skip(input: impl BufRead + Seek) -> Result<Walk, Box<dyn Error>> {
    let mut walk = Walk::default();
    let mut reader = Reader::new(input, Limits::default());
    while let Some(event) = reader.next_event()? {
        count(&mut walk, &event);
        reader.skip_data()?;
    }
    Ok(walk)
}

fn read(input: impl BufRead) -> Result<Walk, Box<dyn Error>> {
    let mut walk = Walk::default();
    let mut reader = Reader::new(input, Limits::default());
    while let Some(event) = reader.next_event()? {
        count(&mut walk, &event);
    }
    Ok(walk)
}

fn count(walk: &mut Walk, event: &Event<'_>) {
    match event {
        Event::Entry(_) => walk.entries += 1,
        Event::Data { bytes, .. } => walk.content += bytes.len() as u64,
        _ => walk.oddities += 1,
    }
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn report(
    what: &str,
    run: impl Fn() -> Result<Walk, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut best = f64::INFINITY;
    let mut walk = Walk::default();
    for _ in 0..5 {
        let start = Instant::now();
        walk = run()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    let Walk {
        entries,
        content,
        oddities,
    } = walk;
    writeln!(
        io::stdout(),
        "{what:>6}: {:.1} ms, {:.0} MB/s, {entries} entries at {:.0} ns, {oddities} oddities",
        best * 1e3,
        content as f64 / best / 1e6,
        best * 1e9 / entries.max(1) as f64,
    )?;
    Ok(())
}
