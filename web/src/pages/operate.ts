// What is loaded when the first of these pages is opened.
export { default as Jobs } from '../jobs/Jobs.tsx';
export { default as Destinations } from '../deliver/Destinations.tsx';
export { default as Destination } from '../deliver/Destination.tsx';
export { default as SetAside } from '../deliver/SetAside.tsx';
export { default as Rules } from '../rules/Rules.tsx';
export { default as RuleEditor } from '../rules/RuleEditor.tsx';
export { default as Logs } from '../operate/Logs.tsx';
export { default as System } from '../operate/System.tsx';
export { default as Login } from '../operate/Login.tsx';
export { default as Settings } from '../operate/Settings.tsx';
