//! What an app saves: in a folder of its user's, kept across upgrades, and never in what was
//! installed, be it that the app knows of the folder or that it runs in a copy there.

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

#[tokio::test]
async fn an_app_that_writes_beside_itself_finds_what_was_shipped_and_what_it_wrote() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let desktop = Desktop::start(&sandbox, None).await?;
    for start in 1..=2 {
        let unpacked = Unpacked::of(&app("stock"), &sandbox).await?;
        let window = Window::open(&sandbox, &desktop, None, &unpacked.program()?, &[]).await?;
        let rows = 2 + start;
        window.shows(&format!("{rows} rows, the first is shipped é."), PATIENCE).await?;
        window.shows(&format!("Beside it stands {rows}."), PATIENCE).await?;
        let shown = desktop.window("Stocked").await?;
        desktop.close(&shown)?;
        drop(window);
        let verify = sandbox.author()?.arg("verify").arg(unpacked.folder().join("payload"));
        verify.finish(PATIENCE).await?.success()?;
        // The next one is installed anew.
        fs_err::remove_dir_all(unpacked.folder())?;
    }
    let folder = sandbox.home().join(".local/share/org.waterskin.stock/data");
    for name in ["app.py", "stock.db", "größe.txt"] {
        assert!(folder.join(name).is_file(), "{name}");
    }
    Ok(())
}
