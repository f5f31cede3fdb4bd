// The answer's words appear one by one and the picture grows with them.

const WORD_MS = 140;
const LONGEST_MS = 2500;

function play(app) {
  stop(app);
  const own = keyKind(app).play;
  if (own) {
    own(app);
    return;
  }
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || app.rows.length < 2) {
    finish(app);
    return;
  }
  const pause = Math.min(WORD_MS, LONGEST_MS / app.rows.length);
  app.revealed = 0;
  app.playing = true;
  app.node.classList.add("playing");
  showPlayback(app);
  const began = performance.now();
  const tick = (now) => {
    const due = Math.floor((now - began) / pause);
    if (due >= app.rows.length + 2) {
      finish(app);
      return;
    }
    const revealed = Math.min(due, app.rows.length);
    if (revealed !== app.revealed) {
      app.revealed = revealed;
      app.shownRow = app.rows[Math.max(revealed - 1, 0)];
      showStep(app);
    }
    app.frame = requestAnimationFrame(tick);
  };
  showStep(app);
  app.frame = requestAnimationFrame(tick);
}

function stop(app) {
  cancelAnimationFrame(app.frame);
  app.playing = false;
  app.node.classList.remove("playing");
  if (app.reading) keyKind(app).stop(app);
}

// Show everything, resting at the chosen step.
function finish(app) {
  const wasPlaying = app.playing;
  stop(app);
  app.revealed = app.rows.length;
  app.shownRow = app.state.step;
  showStep(app);
  if (wasPlaying) showPlayback(app);
}

function showPlayback(app) {
  app.playButton.hidden = !keyKind(app).plays(app) || Boolean(keyKind(app).play);
  app.metaRow.hidden = app.playButton.hidden && !app.view.meta;
  app.playButton.textContent = app.playing ? app.text.skip : app.text.replay;
}
