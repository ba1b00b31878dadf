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
async fn an_app_that_writes_beside_itself_is_upgraded_and_what_is_the_persons_stays() -> Result<()>
{
    let sandbox = Sandbox::new()?;
    let desktop = Desktop::start(&sandbox, None).await?;
    let folder = sandbox.home().join(".local/share/org.waterskin.stock/data");
    for (start, edition, prices) in [(1, "stock", "old"), (2, "restock", "new")] {
        let unpacked = Unpacked::of(&app(edition), &sandbox).await?;
        let window = Window::open(&sandbox, &desktop, None, &unpacked.program()?, &[]).await?;
        // The author ships two rows; each start adds one.
        let rows = 2 + start;
        window.shows(&format!("{rows} rows, the first is shipped é."), PATIENCE).await?;
        window.shows(&format!("Beside it stands {rows}."), PATIENCE).await?;
        window.shows(&format!("Prices are {prices}."), PATIENCE).await?;
        let shown = desktop.window("Stocked").await?;
        desktop.close(&shown)?;
        drop(window);
        let verify = sandbox.author()?.arg("verify").arg(unpacked.folder().join("payload"));
        let said = verify.finish(PATIENCE).await?.success()?.stdout;
        for data in ["stock.db (changed)", "größe.txt"] {
            assert!(said.contains(data), "{said}");
        }
        assert!(!said.contains("prices.csv"), "{said}");
        // The next edition takes the place of this one, and the author changes this file too.
        fs_err::remove_dir_all(unpacked.folder())?;
        if start == 1 {
            fs_err::write(folder.join("notes.csv"), "mine")?;
        }
    }
    for (name, text) in [("notes.csv", "mine"), ("notes.csv.new-1.0.0", "new")] {
        assert_eq!(fs_err::read_to_string(folder.join(name))?, text, "{name}");
    }
    Ok(())
}
