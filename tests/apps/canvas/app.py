"""A canvas that WebGL fills with one colour, as `st.map` and `st.pydeck_chart` draw theirs."""

import streamlit as st
import streamlit.components.v1 as components

components.html(
    """
    <canvas width="300" height="150"></canvas>
    <script>
      const gl = document.querySelector("canvas").getContext("webgl2");
      function draw() {
        gl.clearColor(32 / 255, 96 / 255, 160 / 255, 1);
        gl.clear(gl.COLOR_BUFFER_BIT);
        requestAnimationFrame(draw);
      }
      draw();
    </script>
    """,
    height=200,
)
st.text("The last text.")
