import "./theme.js";
import "./keys.js";
import "./copy.js";
import "./palette.js";
import "./steps.js";
import "./reload.js";
import "./strip.js";
import "./again.js";
