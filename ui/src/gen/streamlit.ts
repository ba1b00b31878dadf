// Written by the tests of `waterskin-streamlit`, from its `page.rs`.
export const SIGNS = {
  "root": "#root",
  "app": "[data-testid=stApp]",
  "scriptState": "data-test-script-state",
  "initial": "initial",
  "running": [
    "running",
    "rerunRequested"
  ],
  "element": "[data-testid=stElementContainer]",
  "standIns": [
    "stAppSkeleton",
    "stSkeleton"
  ],
  "dialog": "[data-testid=stDialog], [role=dialog]",
  "unseen": "[data-testid=stIconMaterial], [data-testid=stSkipToContent]"
} as const;
