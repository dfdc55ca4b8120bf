/**
 * How a part is declared: `define…` ties its `options` to the parameter of its functions and then forgets the type; the
 * cast lives here and nowhere else. What a part does not say is: no options, gives nothing, needs nothing.
 */
import { z } from "zod";
import type {
  Action,
  CheckProbe,
  CopyProbe,
  Engine,
  Method,
  Part,
  Probe,
  Reporter,
  SandboxDriver,
  StoreDriver,
} from "./parts.ts";

/** What a part may leave out. */
type Defaulted = "options" | "gives" | "needs";

/** A part as it is written down: its options only have to be told when there are some. */
export type Declared<P extends Part<O>, O> = Omit<P, Defaulted> &
  Partial<Pick<P, "gives" | "needs">> &
  (object extends O ? Partial<Pick<P, "options">> : Pick<P, "options">);

const NOTHING: Pick<Part, Defaulted> = { options: z.strictObject({}), gives: [], needs: [] };

const complete = <P>(part: object): P => ({ ...NOTHING, ...part }) as P;

export const defineEngine = <O = object>(part: Declared<Engine<O>, O>): Engine => complete(part);
export const defineMethod = <O = object>(part: Declared<Method<O>, O>): Method => complete(part);
export const defineStore = <O = object>(part: Declared<StoreDriver<O>, O>): StoreDriver => complete(part);
export const defineSandbox = <O = object>(part: Declared<SandboxDriver<O>, O>): SandboxDriver => complete(part);
export const defineAction = <O = object>(part: Declared<Action<O>, O>): Action => complete(part);
export const defineProbe = <O = object>(part: Declared<Probe<O>, O>): Probe => complete(part);
export const defineCopyProbe = (part: Omit<CopyProbe, Defaulted>): CopyProbe => complete(part);
export const defineCheckProbe = <C>(part: Omit<CheckProbe<C>, Defaulted>): CheckProbe => complete(part);
export const defineReporter = <O = object>(part: Declared<Reporter<O>, O>): Reporter => complete(part);
