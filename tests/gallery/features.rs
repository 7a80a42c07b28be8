//! A contact sheet for each group of features of the engine.

use std::path::Path;

use avs_tests::showcase::{sheets, write_showcase_media};
use avs_tests::{Scratch, contact_sheet, gpu_context};

pub(crate) fn draw(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut context = gpu_context().ok_or_else(|| anyhow::anyhow!("no adapter to draw with"))?;
    let scratch = Scratch::default();
    write_showcase_media(&scratch);
    for sheet in sheets() {
        let path = folder.join(format!("{}.png", sheet.name));
        contact_sheet(&mut context, &sheet, scratch.path()).save(&path)?;
        println!("{}: {}", path.display(), sheet.description);
        for showcase in &sheet.showcases {
            println!("  {} at {:?} s", showcase.name, showcase.at_secs);
        }
    }
    Ok(())
}
