(* Finite acyclic multigraphs, their paths, in-degrees and path sums (Appendix A.1).

   Edges are objects of their own: two of them may join the same two nodes, and then count twice.
   A graph is acyclic because its nodes are numbered so that every edge goes from a lower number to
   a higher one.  A path is the list of its edges, from the last to the first, as the random walk in
   the proof of Lemma 7 takes them; the nodes of the paper's p~ are the heads of these edges. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import GRing.Theory.
Local Open Scope ring_scope.

Record dag := Dag {
  node : finType;
  edge : finType;
  tail : edge -> node;
  head : edge -> node;
  number : node -> nat;
  goes_forward : forall e, (number (tail e) < number (head e))%N
}.

Section Definitions.
Variable G : dag.
Implicit Types (x o : node G) (p : seq (edge G)).

(* The number of edges into v, parallel ones counted. *)
Definition in_degree (v : node G) : nat := #|[pred e | @head G e == v]|.

Definition source (v : node G) : bool := in_degree v == 0%N.

(* p is a path from x to o; the only path from a node to itself is the empty one. *)
Fixpoint is_path x p o : bool :=
  if p is e :: q then (head e == o) && is_path x q (tail e) else x == o.

(* All paths from x to o of at most k edges. *)
Fixpoint paths_up_to k x o : seq (seq (edge G)) :=
  (if x == o then [:: [::]] else [::]) ++
  (if k is k'.+1 then
     flatten [seq [seq e :: q | q <- paths_up_to k' x (tail e)] | e <- enum (edge G) & head e == o]
   else [::]).

(* P(x, o).  No path to o has more edges than the number of o. *)
Definition paths x o : seq (seq (edge G)) := paths_up_to (number o) x o.

(* The multiset of in-degrees along a path, in ascending order. *)
Definition path_degree p : seq nat := sort leq [seq in_degree (head e) | e <- p].

(* The left side of Eq. 12. *)
Definition path_sum x o : rat :=
  \sum_(p <- paths x o) \prod_(e <- p) (in_degree (head e))%:R^-1.

(* (S), relatively to o, of the given inputs: the same multiset of path-degrees. *)
Definition symmetric (inputs : {set node G}) o : Prop :=
  {in inputs &, forall x y,
     perm_eq [seq path_degree p | p <- paths x o] [seq path_degree p | p <- paths y o]}.

End Definitions.

Arguments in_degree {G} v.
Arguments source {G} v.
Arguments is_path {G} x p o.
Arguments paths {G} x o.
Arguments path_degree {G} p.
Arguments path_sum {G} x o.
Arguments symmetric {G} inputs o.
