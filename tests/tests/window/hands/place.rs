use waterskin_tests::{Case, NEWEST, PATIENCE, Result, eventually};

#[tokio::test]
async fn a_window_comes_back_where_it_was() -> Result<()> {
    let case = Case::of("stages", NEWEST).await?;
    let _manager = case.desktop.managed(&case.sandbox).await?;
    let shell = case.opened()?;
    let window = case.desktop.window("Stages").await?;
    case.desktop.arrange(&window, (180, 120), (700, 520)).await?;
    let before = case.desktop.place(&window)?;
    assert_eq!(before.1, (700, 520));
    case.desktop.close(&window)?;
    case.nothing_is_left(PATIENCE).await?;
    drop(shell);

    let _shell = case.opened()?;
    let window = case.desktop.window("Stages").await?;
    let mut last = before;
    let same = eventually("the window in its place", PATIENCE, async || {
        last = case.desktop.place(&window)?;
        Ok((last == before).then_some(()))
    })
    .await;
    same.map_err(|error| error.context(format!("it was {before:?} and is {last:?}")))
}
