"""A classifier of wines: an app with heavy imports."""

import pandas as pd
import streamlit as st
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

st.title("Which wine is it?")
wine = load_wine(as_frame=True)
trees = st.slider("Trees", 5, 100, 20, key="trees")


@st.cache_data
def learn(trees: int) -> tuple[float, pd.Series]:
    """The part of wines that are told right, and what tells them apart."""
    taught, asked, kinds, answers = train_test_split(wine.data, wine.target, random_state=0)
    forest = RandomForestClassifier(trees, random_state=0).fit(taught, kinds)
    weights = pd.Series(forest.feature_importances_, index=wine.feature_names)
    return forest.score(asked, answers), weights.sort_values(ascending=False)


score, weights = learn(trees)
st.metric("Told right", f"{score:.0%}")
st.bar_chart(weights)
