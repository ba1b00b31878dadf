//! What an app saves: in a folder of its user's, kept across upgrades, and never in what was
//! installed.

use waterskin_tests::{Desktop, PATIENCE, Result, Sandbox, Unpacked, Window, app};

#[tokio::test]
async fn an_app_saves_in_its_own_folder_and_finds_it_after_an_upgrade() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let desktop = Desktop::start(&sandbox, None).await?;
    for start in 1..=2 {
        let unpacked = Unpacked::of(&app("data"), &sandbox).await?;
        let window = Window::open(&sandbox, &desktop, None, &unpacked.program()?, &[]).await?;
        window.shows(&format!("Given {start}, relative {start}."), PATIENCE).await?;
        window.shows("Beside the app.", PATIENCE).await?;
        let shown = desktop.window("Counted").await?;
        desktop.close(&shown)?;
        drop(window);
        let verify = sandbox.author()?.arg("verify").arg(unpacked.folder().join("payload"));
        verify.finish(PATIENCE).await?.success()?;
        // The next version takes the place of this one.
        fs_err::remove_dir_all(unpacked.folder())?;
    }
    let folder = sandbox.home().join(".local/share/org.waterskin.data/data");
    for name in ["größe.txt", "relative.txt"] {
        assert!(folder.join(name).is_file(), "{name}");
    }
    Ok(())
}
