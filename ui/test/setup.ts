import { fluentWords } from "../src/languages";
import { speak } from "../src/words";

speak(fluentWords("en"));
