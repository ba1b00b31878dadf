use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::{Launch, Result};

/// A program that stays and gives a line of JSON for each line of JSON, in turn. Dropped, it ends.
#[derive(Debug)]
pub(crate) struct Companion {
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Companion {
    /// Starts it. What it writes to standard error is this test's.
    pub(crate) fn start(launch: Launch) -> Result<Self> {
        let mut command = Command::from(launch.command());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("could not start a companion")?;
        let questions = child.stdin.take().context("no standard input")?;
        let answers = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        Ok(Self { questions, answers, _child: child })
    }

    /// Asks it one question.
    pub(crate) async fn ask(&mut self, question: &Value, limit: Duration) -> Result<Value> {
        let line = format!("{question}\n");
        let asked = async {
            self.questions.write_all(line.as_bytes()).await?;
            self.questions.flush().await?;
            self.answers.next_line().await
        };
        let answer = tokio::time::timeout(limit, asked).await;
        let answer = answer.with_context(|| format!("no answer to {question}"))??;
        let answer = answer.with_context(|| format!("the companion ended at {question}"))?;
        Ok(serde_json::from_str(&answer)?)
    }
}
