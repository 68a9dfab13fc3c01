/** The page's icons: lines on a field of 24 by 24. */

export const iconPaths = {
  catalog: ["M4 4h6v6H4z", "M14 4h6v6h-6z", "M4 14h6v6H4z", "M14 14h6v6h-6z"],
  expand: ["M4 9V4h5", "M15 4h5v5", "M20 15v5h-5", "M9 20H4v-5"],
  shrink: ["M9 4v5H4", "M20 9h-5V4", "M15 20v-5h5", "M4 15h5v5"],
  feedback: ["M4 5h16v11h-9l-4 4v-4H4z", "M8 9h8", "M8 12h5"],
  power: ["M12 3v9", "M6.3 7a8 8 0 1 0 11.4 0"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  search: ["M16.5 10.5a6 6 0 1 1-12 0 6 6 0 0 1 12 0z", "M15 15l5 5"],
  clock: ["M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0z", "M12 7.5V12l3 2"],
  link: [
    "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1",
    "M14 10a4 4 0 0 0-5.700 0l-3 3A4 4 0 0 0 11 18.700l1-1",
  ],
  warning: ["M12 4l9 16H3z", "M12 10v4.500", "M12 17.200v.1"],
  windows: ["M8 8h12v12H8z", "M16 8V4H4v12h4"],
  keyboard: ["M3 6h18v12H3z", "M7 10h.1", "M12 10h.1", "M17 10h.1", "M8 14h8"],
  keys: [
    "M9 9h6v6H9z",
    "M9 9H6.500A2.500 2.500 0 1 1 9 6.500z",
    "M15 9V6.500A2.500 2.500 0 1 1 17.500 9z",
    "M15 15h2.500A2.500 2.500 0 1 1 15 17.500z",
    "M9 15v2.500A2.500 2.500 0 1 1 6.500 15z",
  ],
  settings: [
    "M4 7h9",
    "M17 7h3",
    "M17 7a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
    "M4 17h3",
    "M11 17h9",
    "M11 17a2 2 0 1 1-4 0 2 2 0 0 1 4 0z",
  ],
  person: ["M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0z", "M4.500 20a7.500 6.500 0 0 1 15 0"],
  more: [5, 12, 19].map((x) => `M${x + 0.7} 12a.7.7 0 1 1-1.400 0 .7.7 0 0 1 1.400 0z`),
  minimise: ["M6 17h12"],
  check: ["M20 12a8 8 0 1 1-16 0 8 8 0 0 1 16 0z", "M8.500 12.200l2.500 2.500 4.500-5"],
} as const;

export type IconName = keyof typeof iconPaths;
